"""What the report says of each construct."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

from kamlab.foundation.language import Text, say


def sentences_of(
    rows: Iterable[Mapping[Hashable, Any]], labels: Mapping[str, Text]
) -> Iterator[Text]:
    """Yield the sentences on each row of `tidy()`; what is missing is left unsaid."""
    for row in rows:
        numbers: dict[str, object] = {
            str(name): f"{value:.2f}" for name, value in row.items() if isinstance(value, float)
        }
        numbers |= {"construct": labels[row["term"]], "n_items": row["n_items"]}
        low, high = numbers["conf_low"], numbers["conf_high"]
        yield say("quality.sentence", low=low, high=high, **numbers)
        if _known(row, "omega"):
            yield say("quality.sentence_model", **numbers)
        if _known(row, "icc2"):
            yield say("quality.sentence_agreement", **numbers)


def _known(row: Mapping[Hashable, Any], name: str) -> bool:
    return bool(row[name] == row[name])
