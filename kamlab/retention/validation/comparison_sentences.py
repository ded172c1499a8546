"""Rows of a comparison of forecasts, in words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from kamlab.foundation.language import Text, say


def of_whole(row: pd.Series, first: object) -> Text:
    """Return what was foretold, from the row of `glance()` and the first period."""
    return say(
        "retention.models_report",
        periods=int(row["n_periods"]),
        first=first,
        nobs=int(row["nobs"]),
        accounts=int(row["n_accounts"]),
        left=int(row["n_leavers"]),
    )


def of_models(tidy: pd.DataFrame, formulas: Mapping[str, str], capacity: int) -> list[Text]:
    """Return what each model reached, from rows of `tidy()`."""
    rows = {(row["foretold_by"], row["term"]): row for row in tidy.to_dict("records")}
    return [
        say(
            "retention.models_one",
            name=name,
            formula=formula,
            capacity=capacity,
            lift=f"{rows[name, 'lift']['estimate']:.1f}",
            **_shares(rows[name, "auc"], "auc"),
            **_shares(rows[name, "found"], "found"),
        )
        for name, formula in formulas.items()
    ]


def of_pairs(differences: pd.DataFrame) -> list[Text]:
    """Return which of two models tells more by the AUC, from rows of `differences()`."""
    rows = differences[differences["term"] == "auc"]
    return [of_pair(row) for row in rows.to_dict("records")]


def of_pair(row: Mapping[Hashable, Any]) -> Text:
    """Return which of two models tells more, and how sure that is."""
    ends = {"points": "estimate", "low": "conf_low", "high": "conf_high"}
    verdict = "better" if row["conf_low"] > 0 else "worse" if row["conf_high"] < 0 else "open"
    return say(
        f"retention.models_{verdict}",
        name=row["foretold_by"],
        rival=row["rival"],
        **{name: f"{100 * row[end]:+.1f}" for name, end in ends.items()},
    )


def _shares(row: Mapping[Hashable, Any], name: str) -> dict[str, str]:
    """Return a measure and its limits as percentages, under names of their own."""
    ends = {name: "estimate", f"{name}_low": "conf_low", f"{name}_high": "conf_high"}
    return {key: f"{row[end]:.0%}" for key, end in ends.items()}
