"""How sure the estimates are: covariances of the estimates, errors and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from kamlab.foundation.level import tails
from kamlab.sem.assembly import RowPlaces
from kamlab.sem.engine.estimate import Constraints, Estimate
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.bootstrap import Draws, bootstrap
from kamlab.sem.inference.intervals import covariance, percentile_interval, standard_errors
from kamlab.sem.inference.robust import robust_covariance
from kamlab.sem.options import Options
from kamlab.sem.sealed import seal
from kamlab.sem.syntax.parameters import ParameterTable

Flags = NDArray[np.bool_]

ROUNDING = 1e-10
"""Share of its scale below which an error is that of arithmetic."""


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """Errors and intervals of all rows of a parameter table, then of all definitions.

    Attributes
    ----------
    covariance : ndarray, shape (q, q)
        Of the distinct free parameters; NaN where it cannot be computed.
    errors, low, high : ndarray, shape (rows + definitions,)
        0 error for a fixed value, whose interval is the value itself.
    draws : Draws or None
        Of the bootstrap.
    """

    covariance: Floats
    errors: Floats
    low: Floats
    high: Floats
    draws: Draws | None

    def __post_init__(self) -> None:
        """Let nobody write to the arrays."""
        seal((self.covariance, self.errors, self.low, self.high))


def uncertainty_of(
    found: Estimate,
    table: ParameterTable,
    rows: RowPlaces,
    values: Floats,
    constraints: Constraints,
    options: Options,
    clusters: Places | None,
) -> Uncertainty:
    """Return errors and intervals in the way that the options ask for.

    Parameters
    ----------
    values : ndarray, shape (rows + definitions,)
        The estimates.
    clusters : ndarray of int, shape (N,), or None
    """
    if options.bootstrap:
        draws = bootstrap(found, options.bootstrap, options.seed, constraints=constraints)
        return _from_draws(draws, found, table, rows, values, options)
    spread = covariance_of(found, options, clusters)
    slopes = [one.expression.gradient(found.theta) for one in table.definitions]
    variances = np.concatenate(
        [_of_rows(spread.diagonal(), rows), [slope @ spread @ slope for slope in slopes]]
    )
    errors = np.sqrt(variances.clip(min=0.0))
    errors[_pinned(found, slopes, rows, errors)] = 0.0
    low, high = ndtri(tails(options.conf_level))
    return Uncertainty(spread, errors, values + low * errors, values + high * errors, None)


def _of_rows(of_parameters: Floats, rows: RowPlaces) -> Floats:
    """Return what belongs to parameters for every row; 0 for a fixed value."""
    if not len(of_parameters):
        return np.zeros(len(rows.number))
    return np.where(rows.number >= 0, of_parameters[rows.number], 0.0)


def _pinned(found: Estimate, slopes: Sequence[Floats], rows: RowPlaces, errors: Floats) -> Flags:
    """Return which rows and definitions the constraints hold at one value.

    Their errors are rounding beside those that the parameters would have alone.
    """
    if not len(found.jacobian):
        return np.zeros(len(errors), dtype=bool)
    own = found.n_total * found.point.information.diagonal()
    alone = np.divide(1.0, own, out=np.zeros(len(own)), where=own > 0)
    scale = np.concatenate([_of_rows(alone, rows), [slope**2 @ alone for slope in slopes]])
    pinned: Flags = errors <= ROUNDING * np.sqrt(scale)
    return pinned


def _from_draws(
    draws: Draws,
    found: Estimate,
    table: ParameterTable,
    rows: RowPlaces,
    values: Floats,
    options: Options,
) -> Uncertainty:
    thetas = draws.thetas
    defined = [one.expression.value(thetas) for one in table.definitions]
    quantities = np.column_stack([thetas, *defined]) if defined else thetas
    errors = standard_errors(quantities)
    low, high = percentile_interval(quantities, options.conf_level)
    q, free = thetas.shape[1], rows.number >= 0
    place = np.concatenate([rows.number, q + np.arange(len(defined))])
    known = np.concatenate([free, np.ones(len(defined), dtype=bool)])
    slopes = [one.expression.gradient(found.theta) for one in table.definitions]
    known &= ~_pinned(found, slopes, rows, errors[place])
    return Uncertainty(
        covariance(thetas),
        np.where(known, errors[place], 0.0),
        np.where(known, low[place], values),
        np.where(known, high[place], values),
        draws,
    )


def covariance_of(found: Estimate, options: Options, clusters: Places | None) -> Floats:
    """Return the covariance matrix of the estimates, shape (q, q); NaN if it has none."""
    q = found.structure.n_free
    if options.se == "none":
        return np.full((q, q), np.nan)
    try:
        if options.robust_errors:
            return robust_covariance(
                found, options.sandwich, clusters, information=options.information
            )
        observed = options.used_information == "observed" and options.estimator != "ULS"
        point = _weighted_by_cases(found)
        return found.covariance(point.hessian if observed else point.information)
    except np.linalg.LinAlgError:
        return np.full((q, q), np.nan)


def _weighted_by_cases(found: Estimate) -> Point:
    """Return the estimate's point with groups weighted by their cases.

    GLS and ULS minimise with weights n - 1; their information has weights n, as in lavaan.
    """
    point = found.point
    if found.estimator == "ML" or len(found.samples) == 1:
        return point
    blocks = [replace(block, weight=found.samples[block.group].nobs) for block in found.blocks]
    return Point(point.structure, blocks, point.theta, point.estimator)
