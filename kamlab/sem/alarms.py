"""Warnings of what is wrong with a fit, although it was found."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from kamlab.foundation.errors import ImproperSolutionWarning
from kamlab.foundation.language import Text, join, same, say
from kamlab.sem.caller import level_of_caller
from kamlab.sem.engine.identification import flat_directions
from kamlab.sem.engine.implied import Implied
from kamlab.sem.engine.structure import Floats, Places, Structure

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

NEGLIGIBLE = 1e-9
"""Eigenvalues of correlations from minus this on pass for zero."""
INVOLVED = 0.3


def alarms(fit: SemFit) -> tuple[Text, ...]:
    """Return what is wrong with a fit: negative variances, improper covariances, no errors."""
    found = list(_about_groups(fit))
    if fit.options.se != "none" and np.isnan(fit.uncertainty.covariance).any():
        flat = flat_directions(fit.estimate.point.information, fit.estimate.jacobian)
        names = fit.names_of(flat or range(fit.estimate.structure.n_free))
        found.append(say("sem.no_errors", parameters=join(names)))
    draws = fit.uncertainty.draws
    if draws is not None and (draws.n_failed or draws.n_inadmissible):
        found.append(
            say(
                "sem.inadmissible_draws",
                asked=draws.n_asked,
                failed=draws.n_failed,
                improper=draws.n_inadmissible,
            )
        )
    return tuple(found)


def _about_groups(fit: SemFit) -> Iterator[Text]:
    labels = fit.group_labels
    for label, at in zip(labels, fit.estimate.point.implied, strict=True):
        for problem in _about_group(fit.estimate.structure, at):
            if len(labels) == 1:
                yield problem
            else:
                yield say("sem.in_group", group=label, problem=problem)


def _about_group(structure: Structure, at: Implied) -> Iterator[Text]:
    variables, variances = structure.variables, at.residual.diagonal()
    negative = np.flatnonzero(variances < 0)
    if len(negative):
        yield say("sem.negative_variance", names=join([same(variables[i]) for i in negative]))
    modelled = np.setdiff1d(np.arange(at.n_observed), structure.exogenous)
    for matrix, places, key in (
        (at.residual, modelled, "sem.improper_residuals"),
        (at.total, np.arange(at.n_observed, len(variables)), "sem.improper_latent"),
    ):
        involved = _improper(matrix, places[matrix.diagonal()[places] > 0])
        if len(involved):
            yield say(key, names=join([same(variables[i]) for i in involved]))


def _improper(matrix: Floats, places: Places) -> Places:
    """Return what makes correlations among some variables improper: none if they are proper."""
    spread = np.sqrt(matrix.diagonal()[places])
    correlations = matrix[np.ix_(places, places)] / np.outer(spread, spread)
    if np.count_nonzero(correlations) == len(places):
        return places[:0]
    values, vectors = np.linalg.eigh(correlations)
    if values[0] >= -NEGLIGIBLE:
        return places[:0]
    involved: Places = places[np.abs(vectors[:, 0]) > INVOLVED]
    return involved


def sound_alarms(fit: SemFit) -> None:
    """Warn of what is wrong with a fit."""
    for alarm in alarms(fit):
        warnings.warn(str(alarm), ImproperSolutionWarning, stacklevel=level_of_caller())
