"""Effects of constructs on each other with their intervals, from a fitted model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from kamlab.foundation.level import tails
from kamlab.sem.engine.structure import Floats
from kamlab.sem.inference.effects import effects, effects_of_draws, specific_effects
from kamlab.sem.inference.intervals import percentile_interval, standard_errors
from kamlab.sem.result import SemFit
from kamlab.theory.kmv import ARROW

KINDS = ("direct", "indirect", "total")


def effect_table(
    fit: SemFit, names: Sequence[str], *, standardised: bool, conf_level: float
) -> pd.DataFrame:
    """Return every effect of one construct on another.

    Parameters
    ----------
    fit : SemFit
        Intervals are percentiles of its bootstrap draws if it has any, else normal with errors
        by the delta method.
    names : sequence of str
        Constructs, causes before outcomes.
    standardised : bool
        Whether to divide by implied standard deviations; not for scores that have been
        standardised.
    conf_level : float

    Returns
    -------
    DataFrame
        `cause`, `outcome` and, of each kind (direct, indirect, total), the effect, `<kind>_error`,
        `<kind>_low` and `<kind>_high`.
    """
    places = _places(fit, names)
    structure, doubt = fit.estimate.structure, fit.uncertainty
    found = effects(
        fit.estimate.point, 0, doubt.covariance, standardised=standardised, among=places
    )
    values = (found.direct, found.indirect, found.total)
    if doubt.draws is None:
        errors = [found.direct_error, found.indirect_error, found.total_error]
        limits = [normal_limits(v, e, conf_level) for v, e in zip(values, errors, strict=True)]
    else:
        drawn = effects_of_draws(
            structure, 0, doubt.draws.thetas, found.cause, found.effect, standardised=standardised
        )
        kept = [_sound(draws) for draws in drawn]
        errors = [standard_errors(draws) for draws in kept]
        limits = [percentile_interval(draws, conf_level) for draws in kept]
    table: dict[str, object] = {
        "cause": [structure.variables[place] for place in found.cause],
        "outcome": [structure.variables[place] for place in found.effect],
    }
    for kind, value, error, (low, high) in zip(KINDS, values, errors, limits, strict=True):
        table |= {kind: value, f"{kind}_error": error, f"{kind}_low": low, f"{kind}_high": high}
    return _sorted(pd.DataFrame(table), names)


def ways_table(
    fit: SemFit,
    pairs: Sequence[tuple[str, str]],
    *,
    standardised: bool,
    conf_level: float,
) -> pd.DataFrame:
    """Return the indirect effect of causes on outcomes along each way.

    Parameters
    ----------
    fit, standardised, conf_level
        As in `effect_table`.
    pairs : sequence of (cause, outcome)

    Returns
    -------
    DataFrame
        `cause`, `outcome`, `through` (the constructs in between), `estimate`, `std_error`,
        `conf_low`, `conf_high`.
    """
    variables = fit.estimate.structure.variables
    rows = []
    for cause, outcome in pairs:
        for way in specific_effects(
            fit.estimate.point,
            0,
            fit.uncertainty.covariance,
            variables.index(cause),
            variables.index(outcome),
            standardised=standardised,
        ):
            if len(way.path) > 2:
                between = ARROW.join(variables[place] for place in way.path[1:-1])
                limits = _way_limits(fit, way.path, way.value, way.error, standardised, conf_level)
                rows.append((cause, outcome, between, way.value, *limits))
    columns = ("cause", "outcome", "through", "estimate", "std_error", "conf_low", "conf_high")
    return pd.DataFrame(rows, columns=list(columns))


def _way_limits(
    fit: SemFit,
    path: tuple[int, ...],
    value: float,
    error: float,
    standardised: bool,
    conf_level: float,
) -> tuple[float, float, float]:
    draws = fit.uncertainty.draws
    if draws is None:
        low, high = normal_limits(np.array(value), np.array(error), conf_level)
        return error, float(low), float(high)
    steps, _, _ = effects_of_draws(
        fit.estimate.structure,
        0,
        draws.thetas,
        np.array(path[:-1]),
        np.array(path[1:]),
        standardised=standardised,
    )
    products = _sound(steps).prod(axis=1)
    low, high = percentile_interval(products, conf_level)
    return float(standard_errors(products)), float(low), float(high)


def normal_limits(value: Floats, error: Floats, conf_level: float) -> tuple[Floats, Floats]:
    """Return the limits of a normal interval."""
    low, high = ndtri(tails(conf_level))
    return value + low * error, value + high * error


def _sound(draws: Floats) -> Floats:
    """Drop draws (B, k) in which a standard deviation is not a number."""
    return draws[np.isfinite(draws).all(axis=1)]


def _places(fit: SemFit, names: Sequence[str]) -> np.ndarray:
    variables = fit.estimate.structure.variables
    return np.array([variables.index(name) for name in names], dtype=np.intp)


def _sorted(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Sort by outcome, then by cause, both in the order of `names`."""
    place = {name: number for number, name in enumerate(names)}
    return table.sort_values(
        ["outcome", "cause"], key=lambda own: own.map(place), ignore_index=True
    )
