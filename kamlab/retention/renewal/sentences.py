"""What one unit of a term does to staying, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kamlab.foundation.language import Text, same, say


def of_terms(table: pd.DataFrame, labels: Mapping[str, Text], ratio: str | None) -> list[Text]:
    """Return one sentence per term.

    Parameters
    ----------
    table : DataFrame
        From `RenewalRegression.slopes`.
    labels : mapping of str to Text
    ratio : {"odds_ratio", "hazard_ratio"} or None
        The table's column with the ratio.
    """
    sentences = []
    for row in table.to_dict("records"):
        parts = {"term": labels[row["term"]], "effect": _effect(row, alone=ratio is None)}
        if ratio is not None:
            parts |= {
                name: same(_figure(row[f"{ratio}{end}"]))
                for name, end in {"ratio": "", "low": "_low", "high": "_high"}.items()
            }
        sentences.append(say(f"retention.renewal_sentence_{ratio or 'plain'}", **parts))
    return sentences


def _effect(row: Mapping[Hashable, Any], *, alone: bool) -> Text:
    """Return the average effect in percentage points; nothing where a term has none."""
    if np.isnan(row["ame"]):
        return say("retention.renewal_no_effect") if alone else same("")
    points = {
        "points": f"{100 * row['ame']:+z.1f}",
        "low": f"{100 * row['ame_low']:+z.1f}",
        "high": f"{100 * row['ame_high']:+z.1f}",
    }
    words = say("retention.renewal_effect", **points)
    return words if alone else say("retention.renewal_also", effect=words)


def _figure(ratio: float) -> str:
    """Return a ratio with two decimals, or three digits where these would say nothing."""
    return f"{ratio:.2f}" if 0.1 <= ratio < 1000 else f"{ratio:.2g}"
