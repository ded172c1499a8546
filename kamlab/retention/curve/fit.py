"""Fitting a retention curve: `fit_retention_curve`."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, DataWarning, ModelError, NotApplicable
from kamlab.foundation.language import say
from kamlab.foundation.lent import frozen
from kamlab.foundation.level import tails
from kamlab.retention.curve.curve import RetentionCurve
from kamlab.retention.curve.families import FAMILIES, LIMITS, Family
from kamlab.retention.curve.newton import Cells, Maximum, maximise, values_of
from kamlab.retention.curve.reading import read_survivors
from kamlab.retention.curve.solution import Solution
from kamlab.sem.caller import level_of_caller

MODELS = ("sbg", "bdw")
Flags = NDArray[np.bool_]

NO_GAIN = 1e-4
"""A log-likelihood above the limit's by no more than this is the limit's, but for rounding."""


def fit_retention_curve(
    survivors: Company | pd.DataFrame | pd.Series | Sequence[float] | NDArray[np.float64],
    model: Literal["sbg", "bdw"] = "sbg",
    covariates: Sequence[str] | str | None = None,
    *,
    conf_level: float = 0.95,
) -> RetentionCurve:
    """Fit a curve of retention to customers who renew or leave, period after period.

    Parameters
    ----------
    survivors : sequence, Series, DataFrame or Company
        * How many customers of one cohort were there at the start and after renewal 1, 2, ...:
          `[1000, 869, 743]`. Counts, not percentages.
        * A table with one row per cohort and period: `period` (renewals made), `survivors` and,
          with several cohorts, `cohort`. A cohort's last period is where it is today.
        * A table with one row per account: `renewals` (made so far), `left` (whether the next
          one was not made) and, if need be, `entry` (renewals already made when observation
          began) and `count` (accounts with this history).
        * A company: of each account, the renewals made so far and whether it left, as counted
          from its periods, with what was known of it before the first of them.
    model : {"sbg", "bdw"}
        Shifted-beta-geometric, or beta-discrete-Weibull, in which a customer's own probability
        of leaving may also rise or fall with time.
    covariates : str or sequence of str, optional
        Columns of numbers that shift the curve.
    conf_level : float, default 0.95

    Returns
    -------
    RetentionCurve
        `project()` the curve, `residual_lifetime()` what is still to come, `shifts()` what
        covariates do.

    Raises
    ------
    ArgumentError
        If the survivors cannot be: a count that rises, is negative or a fraction, and so on.
    ModelError
        If covariates cannot be told apart, or separate who leaves, or a parameter runs off.
    NotApplicable
        If nobody left, nobody renewed, or there are fewer renewals in sequence than parameters.

    Warns
    -----
    DataWarning
        If the data show no differences between customers, or none that covariates could shift,
        so that a limit or a simpler form of the model is reported.
    RowsLeftOutWarning
        If a covariate or `entry` is missing in some rows.

    Notes
    -----
    A customer leaves at each renewal with a probability of its own, which is spread over
    customers as a beta distribution: `S(t) = B(alpha, beta + t) / B(alpha, beta)` (Fader and
    Hardie 2007, Journal of Interactive Marketing 21(1)). With the Weibull's c, `t^c` takes the
    place of t (Fader, Hardie, Liu, Davin and Steenburgh 2018, Journal of Interactive Marketing
    43). Covariates: `log alpha = a0 + a'x`, `log beta = b0 + b'x`, the beta-logistic model of
    Heckman and Willis (1977). Maximum likelihood by Newton's method; errors from the exact
    Hessian. Customers first seen after some renewals count from there on.

    Examples
    --------
    >>> curve = fit_retention_curve([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> curve.tidy()["estimate"].round(3).tolist()
    [0.668, 3.806]
    >>> by_trust = fit_retention_curve(kl.sample_company(), covariates="trust")
    """
    tails(conf_level)
    if model not in MODELS:
        raise ArgumentError(say("retention.curve_model", model=model))
    counts = read_survivors(survivors, covariates)
    family = FAMILIES[model]
    _check(counts.cells, family, conf_level)
    solution = solve(family, counts.cells)
    if solution.limit(model):
        message = str(say(f"retention.curve_limit_{solution.limit(model)}"))
        warnings.warn(message, DataWarning, stacklevel=level_of_caller())
    return RetentionCurve(model=model, tally=counts, solution=solution, conf_level=conf_level)


def _check(cells: Cells, family: Family, conf_level: float) -> None:
    due, left = cells.stayed + cells.left, cells.left.sum()
    if not due.sum():
        raise NotApplicable(say("retention.curve_nothing_due"))
    if not left:
        most = 1 - (1 - conf_level) ** (1 / due.sum())
        words = {"due": f"{due.sum():,.0f}", "most": f"{most:.1%}", "level": f"{conf_level:.0%}"}
        raise NotApplicable(say("retention.curve_nobody_left", **words))
    if not cells.stayed.sum():
        raise NotApplicable(say("retention.curve_nobody_stayed", due=f"{due.sum():,.0f}"))
    count = len(np.unique(cells.renewal))
    if count < family.n_values:
        raise NotApplicable(say("retention.curve_too_short", count=count, fewest=family.n_values))


def solve(family: Family, cells: Cells) -> Solution:
    """Return the maximum of the likelihood, or of the limit to which it runs off.

    Parameters
    ----------
    family : Family
        The model: sbg or bdw.
    cells : Cells

    Raises
    ------
    ModelError
        If there is neither.
    """
    first = cells.renewal == 1
    if cells.left[first].sum() == cells.left.sum():
        early = Cells(
            cells.design,
            *(own[first] for own in (cells.kind, cells.renewal, cells.stayed, cells.left)),
        )
        return _solution(FAMILIES["settled"], _best(FAMILIES["geometric"], early), early)
    alike = FAMILIES[LIMITS[family.name]]
    limit = _best(alike, cells)
    for free in _freedoms(family, cells):
        own = _best(family, cells, free)
        if own.converged and own.loglik > limit.loglik + NO_GAIN:
            return _solution(family, own, cells, alike=limit, free=free)
    if limit.converged and (cells.design.shape[1] > 1 or own.loglik <= limit.loglik + NO_GAIN):
        return _solution(alike, limit, cells, alike=limit)
    raise _no_maximum(family, own, cells)


def _freedoms(family: Family, cells: Cells) -> list[Flags]:
    """Return which parameters to free: all; if that fails, all but the slopes of beta."""
    width = cells.design.shape[1]
    every = np.ones(len(family.sizes) * width + family.has_shape, dtype=bool)
    if width == 1:
        return [every]
    without = every.copy()
    without[width + 1 : 2 * width] = False
    return [every, without]


def _best(family: Family, cells: Cells, free: Flags | None = None) -> Maximum:
    """Fit without covariates first, from several starting points, and go on from there."""
    base = maximise(family, _starts(family), cells.pooled())
    n_slopes = cells.design.shape[1] - 1
    if not n_slopes:
        return base
    sizes, shape = np.split(base.theta, [len(family.sizes)])
    start = np.concatenate([np.r_[size, np.zeros(n_slopes)] for size in sizes] + [shape])
    return maximise(family, [start], cells, free)


def _starts(family: Family) -> Iterable[NDArray[np.float64]]:
    """Leaving with 1 in 10 at first; customers who differ much and little; c round one."""
    shapes = ([-0.5], [0.5]) if family.has_shape else ([],)
    sizes = ([-2.0],) if len(family.sizes) == 1 else ([-2.0, 0.0], [0.0, 2.0], [2.0, 4.0])
    return [np.array([*size, *shape]) for size, shape in itertools.product(sizes, shapes)]


def _solution(
    family: Family,
    maximum: Maximum,
    cells: Cells,
    *,
    alike: Maximum | None = None,
    free: Flags | None = None,
) -> Solution:
    if not maximum.converged:
        raise _no_maximum(FAMILIES["geometric"], maximum, cells)
    free = np.ones(len(maximum.theta), dtype=bool) if free is None else free
    covariance = np.zeros_like(maximum.hessian)
    covariance[np.ix_(free, free)] = np.linalg.inv(-maximum.hessian[np.ix_(free, free)])
    return Solution(
        family_name=family.name,
        theta=frozen(maximum.theta),
        covariance=frozen(covariance),
        loglik=maximum.loglik,
        loglik_alike=np.nan if alike is None else alike.loglik,
    )


def _no_maximum(family: Family, end: Maximum, cells: Cells) -> ModelError:
    """Say which parameter has run off."""
    if cells.design.shape[1] > 1:
        return ModelError(say("retention.curve_separates"))
    values = np.abs(values_of(family, end.theta, cells.design)).max(axis=0)
    name = [*family.sizes, "c"][int(np.argmax(values))]
    return ModelError(say("retention.curve_runs_off", name=name))
