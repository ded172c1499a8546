"""The questions of notebook 07."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from kamlab.accounts.company import Company
from kamlab.accounts.samples import load
from kamlab.retention.curve.fit import fit_retention_curve
from kamlab.retention.renewal.fit import fit_retention
from kamlab.retention.survival.curves import survival_curves

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
SEEN, AHEAD = 7, 12
"""The renewals that the curve is fitted to, and the one that is asked for."""


def log_rank_by_commitment(company: Company) -> float:
    """Return the log-rank chi-square of accounts with little and with much commitment."""
    return float(survival_curves(company, by="commitment").glance()["logrank"].item())


def odds_ratio_of_half_a_point(company: Company) -> float:
    """Return the odds ratio of staying for half a point of trust."""
    estimates = fit_retention(STAY, company).tidy().set_index("term")["estimate"]
    return float(np.exp(0.5 * estimates["trust"]))


def regular_after_twelve(company: Company) -> float:
    """Return how many of 1,000 regular customers the curve expects after twelve renewals.

    It is about published data: the company does not matter.
    """
    cohorts = load("fader_hardie_2007")
    regular = cohorts.query("cohort == 'regular' and period <= @SEEN")  # type: ignore[union-attr]
    curve = fit_retention_curve(regular).project(AHEAD)
    return float(1000 * curve["survival"].iloc[-1])


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "07-log-rank-by-commitment": log_rank_by_commitment,
    "07-half-a-point": odds_ratio_of_half_a_point,
    "07-regular-after-twelve": regular_after_twelve,
}
