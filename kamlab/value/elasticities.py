"""By how much lifetime value answers to one per cent: `value_elasticities` and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.selection.arguments import listed
from kamlab.value.lifetime import (
    FirstMargin,
    assumptions,
    lifetime_value,
    read_arguments,
    shortfall,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEP = 0.01
BETTER = {"retention_rate": 1, "margin": 1, "discount_rate": -1, "acquisition_cost": -1}
"""Which way each input is better for the firm."""

SOURCE = "Gupta, Lehmann & Stuart 2004, Journal of Marketing Research 41(1), 7-18"
PUBLISHED = {
    "retention_rate": Claim(5.0, Status.PUBLISHED, SOURCE),
    "margin": Claim(1.0, Status.PUBLISHED, SOURCE),
    "acquisition_cost": Claim(0.1, Status.PUBLISHED, SOURCE),
}
"""Change of firm value, in per cent, per 1 % better: five firms of the internet's first years."""

RANGES = {
    "retention_rate": Claim((3.0, 7.0), Status.PUBLISHED, f"{SOURCE}, working paper"),
    "acquisition_cost": Claim((0.02, 0.3), Status.PUBLISHED, f"{SOURCE}, working paper"),
}
RETENTION_TO_DISCOUNT = Claim(5.0, Status.PUBLISHED, SOURCE)
"""Retention has almost this many times the effect of the discount rate."""

NEAR_ONE = 1e-3
"""Below this, H log q, the first terms of a series are exact to the last digit."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ValueElasticities(Result):
    """How lifetime value answers to 1 % of each of its inputs; made by `value_elasticities`."""

    value: float
    terms: Lent[pd.DataFrame] = Lent()
    growth: float
    horizon: int | None
    first_margin: FirstMargin

    @property
    def title(self) -> Text:
        """What is asked."""
        return say("value.elasticity_title")

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """Each input with the way it is better."""
        return {name: say(f"value.elasticity_{name}") for name in BETTER}

    @property
    def notes(self) -> tuple[Text, ...]:
        """The conventions, what was capped or is zero, and what has been published."""
        rows = self.tidy().set_index("term")
        texts = [
            assumptions(self.horizon, self.first_margin, self.growth),
            say("value.elasticity_note"),
        ]
        retention = rows.loc["retention_rate"]
        if retention["input_now"] * (1 + STEP) > 1:
            texts.append(say("value.elasticity_capped", now=f"{retention['input_now']:.2%}"))
        if zero := [self.term_labels[name] for name in rows.index[rows["input_now"] == 0]]:
            texts.append(say("value.elasticity_of_zero", names=join(zero)))
        return (*texts, self._published())

    def _published(self) -> Text:
        figures = {name: f"{claim.use():+g}%" for name, claim in PUBLISHED.items()}
        low, high = RANGES["retention_rate"].use()
        return say(
            "value.elasticity_published",
            **figures,
            low=f"{low:g}",
            high=f"{high:g}",
            times=f"{RETENTION_TO_DISCOUNT.use():g}",
            citation=PUBLISHED["retention_rate"].citation,
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row per input: now, 1 % better, elasticity, exact effect."""
        return self.terms

    def glance(self) -> pd.DataFrame:
        """Return the value and its inputs in one row."""
        inputs = self.terms.set_index("term")["input_now"]
        return pd.DataFrame(
            {
                "lifetime_value": [self.value],
                **{name: [inputs[name]] for name in BETTER},
                "growth": [self.growth],
                "horizon": pd.array([self.horizon], dtype="Int64"),
                "first_margin": [self.first_margin],
            }
        )

    def augment(self) -> Never:
        """Raise `NotApplicable`: the formula has no accounts."""
        raise NotApplicable(say("value.elasticity_no_accounts"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the effect of 1 % of each input, and beside it what has been published."""
        table = self.tidy()
        names, places = list(table["term"]), np.arange(len(table), dtype=float)
        own, other = style.LOOKS[0], style.LOOKS[1]
        with style.canvas(ax, width=7.6, height=3.6) as ax:
            ax.hlines(places, 0, table["effect"], color=own.color, linewidth=3)
            label = str(say("value.elasticity_legend"))
            ax.plot(table["effect"], places, own.marker, color=own.color, label=label)
            for place, effect in zip(places, table["effect"], strict=True):
                ax.annotate(f"{effect:+.2f}%", (effect, place), (7, 5), textcoords="offset points")
            for name, claim in RANGES.items():
                ax.hlines(names.index(name) + 0.25, *claim.use(), color=other.color)
            shown = [names.index(name) + 0.25 for name in PUBLISHED]
            values = [claim.use() for claim in PUBLISHED.values()]
            label = str(say("value.elasticity_legend_published"))
            ax.plot(values, shown, other.marker, color=other.color, label=label)
            style.term_axis(ax, [str(self.term_labels[name]) for name in names])
            ax.set_xlabel(str(say("value.elasticity_axis")))
            ax.margins(x=0.14)
            ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.2), ncols=2)
            style.finish(ax, title=self.title, alt=paragraph((self._sentence(), self._published())))
        return ax

    def _sentence(self) -> Text:
        effects = [
            self.term_labels[name] + same(f" → {effect:+.2f}%")
            for name, effect in self.tidy()[["term", "effect"]].itertuples(index=False)
        ]
        return say("value.elasticity_report", effects=join(effects))

    def report(self) -> str:
        """Say what 1 % of each input does to the value, and what has been published."""
        return str(paragraph((self._sentence(), *self.notes)))


def value_elasticities(
    margin: float,
    retention_rate: float,
    discount_rate: float,
    *,
    horizon: int | None = None,
    first_margin: FirstMargin = "after_one_period",
    growth: float = 0.0,
    acquisition_cost: float = 0.0,
) -> ValueElasticities:
    """Return by how much a customer's lifetime value rises when an input gets 1 % better.

    Better is 1 % more retention or margin, and 1 % less discount rate or acquisition cost; 1 %
    of a rate is relative, from 80 % to 80.8 %. Retention stops at 100 %.

    Parameters
    ----------
    margin, retention_rate, discount_rate : float
        Of one customer, as in `lifetime_value`.
    horizon, first_margin, growth, acquisition_cost
        As in `lifetime_value`.

    Returns
    -------
    ValueElasticities
        `tidy()` one row per input: `elasticity` (the derivative) and `effect` (exact), both in
        per cent of the value.

    Raises
    ------
    ArgumentError
        If an argument is out of range, or 1 % better makes an endless value infinite.
    NotApplicable
        If the value is not above 0: a percentage of it says nothing.

    Notes
    -----
    With value `V = m M - A` (`M` the multiple of the margin in `lifetime_value`) the elasticity
    of an input `x` is `dV/dx x / V`, with the opposite sign where less is better: `m M / V` for
    the margin, `A / V` for the acquisition cost, `m M / V (W + a)` for retention, and `d / (1 +
    d)` times that for the discount rate. `W = sum t q^t / sum q^t` is how long a unit of value is
    waited for, and `a` is 1 if the first margin comes after one period. Endless and without
    cost, retention has `(1 + d) / (1 + d - r)`. Gupta, Lehmann and Stuart (2004) found +5, +1 and
    +0.1 % for retention, margin and acquisition cost: five firms and no law.

    Examples
    --------
    >>> found = value_elasticities(100, retention_rate=0.9, discount_rate=0.12)
    >>> found.tidy().set_index("term")["elasticity"].round(2).to_dict()
    {'retention_rate': 5.09, 'margin': 1.0, 'discount_rate': 0.55, 'acquisition_cost': 0.0}
    """
    inputs = {
        "retention_rate": retention_rate,
        "margin": margin,
        "discount_rate": discount_rate,
        "acquisition_cost": acquisition_cost,
    }
    arrays, problems = read_arguments({**inputs, "growth": growth}, horizon, first_margin)
    if many := [same(name) for name, array in arrays.items() if array.ndim]:
        problems.append(say("value.elasticity_one_customer", names=join(many)))
    if problems:
        raise ArgumentError(say("value.lifetime_problems", problems=listed(problems)))
    numbers = {name: float(array) for name, array in arrays.items()}

    def value_of(**changed: float) -> float:
        how = {"horizon": horizon, "first_margin": first_margin}
        return float(lifetime_value(**{**numbers, **changed}, **how))  # type: ignore[arg-type]

    value = value_of()
    if value <= 0:
        raise NotApplicable(say("value.elasticity_no_value", value=f"{value:,.4g}"))
    better = {name: numbers[name] * (1 + way * STEP) for name, way in BETTER.items()}
    better["retention_rate"] = min(better["retention_rate"], 1.0)
    try:
        effects = [100 * (value_of(**{name: after}) / value - 1) for name, after in better.items()]
    except ArgumentError as error:
        raise ArgumentError(say("value.elasticity_infinite", problem=error.text)) from None
    terms = pd.DataFrame(
        {
            "term": list(better),
            "input_now": [numbers[name] for name in better],
            "input_better": list(better.values()),
            "elasticity": _elasticities(value, numbers, horizon, first_margin),
            "effect": effects,
        }
    )
    return ValueElasticities(
        value=value,
        terms=terms,
        growth=numbers["growth"],
        horizon=horizon,
        first_margin=first_margin,
    )


def _elasticities(
    value: float, inputs: Mapping[str, float], horizon: int | None, first_margin: FirstMargin
) -> list[float]:
    """Return the derivatives in the order of `BETTER`, each in the direction that is better."""
    rates = (np.asarray(inputs[name]) for name in ("retention_rate", "discount_rate", "growth"))
    d, cost = inputs["discount_rate"], inputs["acquisition_cost"]
    lost = min(float(shortfall(*rates)) / (1 + d), 1.0)
    by_margin = (value + cost) / value
    by_retention = by_margin * (mean_wait(lost, horizon) + (first_margin == "after_one_period"))
    return [by_retention, by_margin, by_retention * d / (1 + d), cost / value]


def mean_wait(lost: float, horizon: int | None) -> float:
    """Return `sum t q^t / sum q^t` over `t` from 0 to `horizon - 1`, from `lost = 1 - q`."""
    if horizon is None:
        return (1 - lost) / lost
    if horizon == 0:
        return 0.0
    with np.errstate(divide="ignore", over="ignore"):
        x = -np.log1p(-lost)
        if abs(horizon * x) < NEAR_ONE:
            slope = (horizon**2 - 1) / 12
            return float((horizon - 1) / 2 - slope * x + (horizon**4 - 1) * x**3 / 720)
        return float(1 / np.expm1(x) - horizon / np.expm1(horizon * x))
