"""Tables of a curve: beside what was observed, account by account, and as covariates shift it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kamlab.accounts.identity import identity
from kamlab.retention.curve.arguments import design_at, values_at
from kamlab.retention.curve.newton import Cells
from kamlab.retention.curve.parameters import wald
from kamlab.retention.curve.solution import FIRST, MEDIAN, RESIDUAL, STAY, SURVIVAL, Solution, named
from kamlab.retention.curve.tallies import Tally

FEWEST_EXPECTED = 5.0
"""Renewals made, and not made, that a class of the chi-square test must expect."""


def renewal_table(solution: Solution, cells: Cells, conf_level: float) -> pd.DataFrame:
    """Return one row per renewal that was due; see `RetentionCurve.by_renewal`."""
    renewal, staying, survival = solution.mean_staying(cells, conf_level)
    pooled = cells.pooled()
    due = pooled.stayed + pooled.left
    table = pd.DataFrame(
        {
            "renewals": renewal.astype(int),
            "n_due": due.astype(int),
            "n_lost": pooled.left.astype(int),
            "retention_rate": pooled.stayed / due,
            **named(STAY, staying),
            "observed_survival": np.cumprod(pooled.stayed / due),
            **named(SURVIVAL, tuple(values[1:] for values in survival)),
        }
    )
    # For nobody was due in between, and nobody knows how many would have been left.
    gap = np.cumsum(np.diff(renewal, prepend=renewal[0] - 1) > 1) > 0
    table.loc[gap, ["observed_survival", *SURVIVAL]] = np.nan
    return table


def present_table(
    solution: Solution, tally: Tally, discount_rate: float, conf_level: float
) -> pd.DataFrame:
    """Return one row per account that is still there; see `RetentionCurve.augment`."""
    customers = tally.customers
    present = customers[customers["left"] == 0]
    made, design = present["renewals"].to_numpy(dtype=float), tally.design_of(present)
    known = "account_id" in present
    table = (identity(present) if known else present[[]]).assign(
        renewals=made.astype(int),
        **present[list(tally.covariates)],
        **named(STAY, solution.staying(made + 1, design, conf_level)),
        **named(RESIDUAL, solution.residual(made, design, discount_rate, None, conf_level)),
    )
    return table.sort_values("stay_probability", kind="stable", ignore_index=known)


def shift_table(
    solution: Solution, tally: Tally, discount_rate: float, conf_level: float
) -> pd.DataFrame:
    """Return two rows per covariate; see `RetentionCurve.shifts`."""
    pairs = [(name, sd) for name in tally.covariates for sd in (-1.0, 1.0)]
    at = values_at(tally, pairs)
    terms = [name for name, _ in pairs]
    rows = [design_at(tally, {name: x}) for name, x in zip(terms, at, strict=True)]
    design, new = np.array(rows), np.zeros(len(rows))
    medians = np.array([solution.median(x, conf_level) for x in design]).T
    return pd.DataFrame(
        {
            "term": terms,
            "at": at,
            **named(FIRST, solution.staying(new + 1, design, conf_level)),
            **named(MEDIAN, tuple(medians)),
            **named(RESIDUAL, solution.residual(new, design, discount_rate, None, conf_level)),
            "p_value": [wald(solution, tally, name) for name in terms],
        }
    )


def misfit(solution: Solution, tally: Tally, conf_level: float) -> tuple[float, int]:
    """Return Pearson's chi-square of renewals not made, with its degrees of freedom.

    Neighbouring renewals are pooled until 5 are expected to be made and not made; what is left
    at the end joins the last class. NaN and 0 with covariates or too few classes.
    """
    if tally.covariates:
        return np.nan, 0
    cells = tally.cells.pooled()
    due = cells.stayed + cells.left
    _, (stay, _, _), _ = solution.mean_staying(cells, conf_level)
    classes = [np.zeros(4)]
    for n, r, left in zip(due, stay, cells.left, strict=True):
        if classes[-1][:2].min() >= FEWEST_EXPECTED:
            classes.append(np.zeros(4))
        classes[-1] += n * r, n * (1 - r), left - n * (1 - r), n * r * (1 - r)
    if len(classes) > 1 and classes[-1][:2].min() < FEWEST_EXPECTED:
        classes[-2:] = [classes[-2] + classes[-1]]
    df = len(classes) - len(solution.theta)
    if df <= 0:
        return np.nan, 0
    return float(sum(own[2] ** 2 / own[3] for own in classes)), df


def p_alike(solution: Solution, tally: Tally) -> float:
    """Return the p-value of customers being alike: half of a chi-square, for that is a limit."""
    if tally.covariates or np.isnan(solution.loglik_alike):
        return np.nan
    gain = 2 * (solution.loglik - solution.loglik_alike)
    return float(stats.chi2.sf(gain, 1) / 2) if gain > 0 else 1.0
