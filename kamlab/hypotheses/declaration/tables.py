"""Declared hypotheses as a table, and what was changed in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, current_language, say
from kamlab.hypotheses.declaration.content import DEFAULTS, OF_ALL
from kamlab.hypotheses.declaration.seal import Seal
from kamlab.hypotheses.hypothesis import Hypothesis

WHOLE = "hypothesis"
"""The field that stands for a hypothesis as a whole."""
OF_TABLE = (
    "hypothesis", "statement", "claim", "method", "model", "effect_of", "family",
    "status", "source", "not_measurable",
)  # fmt: skip
OF_CHANGES = ("hypothesis", "field", "was", "is", "since")

Parts = dict[str, dict[str, Any]]


def hypothesis_table(hypotheses: Iterable[Hypothesis]) -> pd.DataFrame:
    """Return one row per hypothesis, worded in the current language."""
    rows = [_row(one) for one in hypotheses]
    frame = pd.DataFrame(rows, columns=list(OF_TABLE), dtype="str")
    return with_labels(frame, {"claim": say("hypotheses.label_claim")})


def change_table(seals: Sequence[Seal], now: Parts, standing: Text) -> pd.DataFrame:
    """Return the fields in which `now` differs from the first of the seals.

    Raises
    ------
    NotApplicable
        With `standing` as the reason, if there is no seal.
    """
    if not seals:
        raise NotApplicable(standing)
    first = seals[0].parts
    rows = [
        (name, field, was, became, _since(seals, now, name, field))
        for name, field, was, became in _differences(first, now)
    ]
    frame = pd.DataFrame(rows, columns=list(OF_CHANGES))
    words = dict.fromkeys(OF_CHANGES[:-1], "str")
    return frame.astype(words | {"since": "datetime64[us]"})


def _row(hypothesis: Hypothesis) -> tuple[object, ...]:
    source, tested = hypothesis.source, hypothesis.not_measurable is None
    return (
        hypothesis.name,
        str(hypothesis.statement),
        str(hypothesis.claim) if tested else None,
        hypothesis.method if tested else None,
        hypothesis.model or None,
        hypothesis.term or None,
        hypothesis.family,
        source.status.value if source else None,
        str(source.source) if source else None,
        None if tested else str(hypothesis.not_measurable),
    )


def _differences(first: Parts, now: Parts) -> Iterator[tuple[str, str, object, object]]:
    for name in dict.fromkeys([*now, *first]):
        if name not in first or name not in now:
            yield name, WHOLE, _field(first, name, WHOLE), _field(now, name, WHOLE)
            continue
        for field in dict.fromkeys([*now[name], *first[name]]):
            was, became = _field(first, name, field), _field(now, name, field)
            if was != became:
                yield name, field, was, became


def _field(parts: Parts, name: str, field: str) -> object:
    """Return a field as words; its default where it is left out; None where it has none."""
    if name not in parts:
        return None
    if field == WHOLE:
        return str(parts[name].get(f"statement.{current_language()}", name))
    default = None if name == OF_ALL else DEFAULTS.get(field)
    value = parts[name].get(field, default)
    return None if value in (None, "") else str(value)


def _since(seals: Sequence[Seal], now: Parts, name: str, field: str) -> object:
    def has_it(seal: Seal) -> bool:
        if field == WHOLE:
            return (name in seal.parts) == (name in now)
        return _field(seal.parts, name, field) == _field(now, name, field)

    return next((seal.declared_on for seal in seals if has_it(seal)), None)
