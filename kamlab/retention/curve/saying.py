"""A curve in sentences: its notes and its report."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kamlab.foundation.columns import column
from kamlab.foundation.language import Text, join, say
from kamlab.panel.labels import term_labels
from kamlab.retention.curve.tables import p_alike

if TYPE_CHECKING:
    from kamlab.retention.curve.curve import RetentionCurve


def notes(curve: RetentionCurve) -> tuple[Text, ...]:
    """Return what was counted, what the parameters are, and limits that were reached."""
    whole = curve.glance().iloc[0]
    counted = say(
        "retention.curve_note_counts",
        customers=f"{whole['n_customers']:,}",
        due=f"{whole['n_due']:,}",
        lost=f"{whole['n_lost']:,}",
        left_out=f"{whole['n_left_out']:,}",
    )
    said = [counted]
    if curve.solution.family_name == curve.model:
        said.append(say(f"retention.curve_note_{curve.model}"))
    if limit := curve.solution.limit(curve.model):
        said.append(say(f"retention.curve_limit_{limit}"))
    if curve.tally.covariates:
        known = term_labels(curve.tally.covariates)
        said.append(say("retention.curve_note_covariates", names=join(list(known.values()))))
    if curve.tally.customers["entry"].max() > 0:
        first = int(curve.tally.cells.renewal.min())
        said.append(say("retention.curve_note_entry", first=first))
    said.append(say("retention.curve_note_intervals", level=f"{curve.conf_level:.0%}"))
    return tuple(said)


def sentences(curve: RetentionCurve) -> list[Text]:
    """Say how many are kept at first and later, and after how long half are left."""
    ahead = curve.project(curve.last).iloc[[1, -1]]
    first, last = ahead.to_dict("records")
    median, low, high = curve.solution.median(curve.centre, curve.conf_level)
    said = [
        say(
            "retention.curve_said_rates",
            first=_percent(first, "stay"),
            last=_percent(last, "stay"),
            renewal=last["renewals"],
            kept=_percent(last, "survival"),
        )
    ]
    if np.isfinite(median):
        limits = {"low": _renewals(low), "high": _renewals(high)}
        said.append(say("retention.curve_said_median", median=_renewals(median), **limits))
    else:
        said.append(say("retention.curve_said_no_median"))
    p = p_alike(curve.solution, curve.tally)
    if curve.solution.family_name == curve.model and not np.isnan(p):
        said.append(say("retention.curve_said_alike", p=column("p_value").show(p)))
    return said


def lifetime_sentence(curve: RetentionCurve, discount_rate: float) -> Text:
    """Say how many renewals are to be expected of a new customer, and of one that stayed long."""
    new, old = curve.residual_lifetime([0, curve.last], discount_rate).to_dict("records")
    return say(
        "retention.curve_said_lifetime",
        rate=f"{discount_rate:.0%}",
        new=_range(new),
        old=_range(old),
        renewals=old["renewals"],
    )


def shift_sentences(curve: RetentionCurve, discount_rate: float) -> list[Text]:
    """Say what each covariate does to the first renewal and to the expected lifetime."""
    if not curve.tally.covariates:
        return []
    table = curve.shifts(discount_rate=discount_rate)
    labels = term_labels(curve.tally.covariates)
    said = []
    for name, pair in table.groupby("term", sort=False):
        below, above = pair.to_dict("records")
        said.append(
            say(
                "retention.curve_said_shift",
                name=labels[str(name)],
                below=f"{below['at']:.2f}",
                above=f"{above['at']:.2f}",
                first_below=f"{below['first_retention']:.1%}",
                first_above=f"{above['first_retention']:.1%}",
                life_below=_range(below),
                life_above=_range(above),
                p=column("p_value").show(below["p_value"]),
            )
        )
    return said


def _percent(row: Mapping[Hashable, Any], kind: str) -> Text:
    middle = row["stay_probability" if kind == "stay" else kind]
    low, high = row[f"{kind}_low"], row[f"{kind}_high"]
    return say("retention.curve_range", x=f"{middle:.1%}", low=f"{low:.1%}", high=f"{high:.1%}")


def _range(row: Mapping[Hashable, Any]) -> Text:
    x, low, high = (f"{row[f'residual_{name}']:.2f}" for name in ("lifetime", "low", "high"))
    return say("retention.curve_range", x=x, low=low, high=high)


def _renewals(count: float) -> Text:
    if np.isfinite(count):
        return Text(f"{count:.0f}", f"{count:.0f}")
    return say("retention.curve_endless_median")
