"""Direct, indirect and total effects of a fitted model, with their doubt, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import join, same, say
from kamlab.sem.details import need_group, per_group, structural
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.effects import effects as effects_of
from kamlab.sem.inference.effects import effects_of_draws, specific_effects
from kamlab.sem.inference.intervals import percentile_interval, standard_errors
from kamlab.sem.tables import normal_interval

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

KINDS = ("direct", "indirect", "total")
ARROW = " → "


def effects(fit: SemFit, *, standardised: bool) -> pd.DataFrame:
    """Return the effects of every cause on every effect, group by group."""
    groups = range(len(fit.group_labels))
    return per_group([_effects_in(fit, group, standardised) for group in groups])


def _effects_in(fit: SemFit, group: int, standardised: bool) -> pd.DataFrame:
    names = np.array(fit.estimate.structure.variables, dtype=object)
    found = effects_of(
        fit.estimate.point,
        group,
        fit.uncertainty.covariance,
        standardised=standardised,
        among=structural(fit),
    )
    values = (found.direct, found.indirect, found.total)
    errors = (found.direct_error, found.indirect_error, found.total_error)
    drawn = drawn_effects(fit, group, found.cause, found.effect, standardised)
    table = pd.DataFrame({"cause": names[found.cause], "outcome": names[found.effect]})
    for place, (kind, value) in enumerate(zip(KINDS, values, strict=True)):
        draws = None if drawn is None else drawn[place]
        error, low, high = _limits(value, errors[place], draws, fit.options.conf_level)
        table[kind], table[f"{kind}_error"] = value, error
        table[f"{kind}_low"], table[f"{kind}_high"] = low, high
    return table


def drawn_effects(
    fit: SemFit, group: int, cause: Places, effect: Places, standardised: bool
) -> tuple[Floats, ...] | None:
    """Return direct, indirect and total effects of the bootstrap's draws, None without any.

    Draws in which a standard deviation is not a number are left out.
    """
    draws = fit.uncertainty.draws
    if draws is None:
        return None
    drawn = effects_of_draws(
        fit.estimate.structure, group, draws.thetas, cause, effect, standardised=standardised
    )
    return tuple(one[np.isfinite(one).all(axis=1)] for one in drawn)


def _limits(
    value: Floats, error: Floats, draws: Floats | None, conf_level: float
) -> tuple[Floats, Floats, Floats]:
    """Return errors and intervals: from draws if there are any, else normal."""
    if draws is None:
        return error, *normal_interval(value, error, conf_level)
    return standard_errors(draws), *percentile_interval(draws, conf_level)


def indirect_effects(
    fit: SemFit, cause: str, effect: str, *, standardised: bool, group: int
) -> pd.DataFrame:
    """Return the effect along each way from a cause to an effect, shortest way first."""
    number = need_group(fit, group) - 1
    _need_variables(fit, cause, effect)
    variables = fit.estimate.structure.variables
    rows = []
    for way in specific_effects(
        fit.estimate.point,
        number,
        fit.uncertainty.covariance,
        variables.index(cause),
        variables.index(effect),
        standardised=standardised,
    ):
        path = np.array(way.path)
        steps = drawn_effects(fit, number, path[:-1], path[1:], standardised)
        draws = None if steps is None else steps[0].prod(axis=1)
        value = np.array(way.value)
        limits = _limits(value, np.array(way.error), draws, fit.options.conf_level)
        names = ARROW.join(variables[place] for place in path)
        rows.append((names, way.value, *map(float, limits)))
    columns = ["way", "estimate", "std_error", "conf_low", "conf_high"]
    return pd.DataFrame(rows, columns=columns)


def _need_variables(fit: SemFit, *names: str) -> None:
    variables = fit.estimate.structure.variables
    unknown = [same(name) for name in names if name not in variables]
    if not unknown:
        return
    related = [same(variables[place]) for place in structural(fit)]
    if not related:
        raise ArgumentError(say("sem.unknown_variable_alone", name=join(unknown)))
    raise ArgumentError(say("sem.unknown_variable", name=join(unknown), known=join(related)))
