"""Standardised values and scaled chi-squares of a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.inference.fit_measures import degrees_of_freedom
from kamlab.sem.inference.incomplete_fit import complete_data_fit
from kamlab.sem.inference.independence import independence
from kamlab.sem.inference.indices import Scaling
from kamlab.sem.inference.robust import ScaledTestName, scaled_test
from kamlab.sem.inference.saturated import SaturatedGroup, saturated_groups
from kamlab.sem.inference.standardised import Standardised, first_values, standardise

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit


def standardised(fit: SemFit) -> Standardised:
    """Return standardised values of all rows, then of all definitions at such values."""
    rows = fit.rows
    own = fit.values[: len(rows.number)]
    found = standardise(
        fit.estimate.point.implied, rows.group, rows.kind, rows.row, rows.column, own
    )
    if not fit.table.definitions:
        return found
    extended = []
    for values in (found.std_lv, found.std_all):
        theta = first_values(values, rows.number, fit.estimate.structure.n_free)
        defined = [one.expression.value(theta) for one in fit.table.definitions]
        extended.append(np.concatenate([values, defined]))
    return Standardised(*extended)


def scaling(fit: SemFit) -> Scaling | None:
    """Return what chi-squares are divided by for fit indices; None where they stay as they are.

    Not 1 without normal data. With missing data the robust indices are of the chi-square that
    complete data would have had, whatever the estimator.
    """
    kind, incomplete = fit.options.scaled, fit.options.missing == "fiml"
    if kind is None and not incomplete:
        return None
    null = independence(fit.estimate, fit.covariates)
    pair = [(one, degrees_of_freedom(one)) for one in (fit.estimate, null)]
    complete = saturated = None
    if incomplete:
        saturated = saturated_groups(fit.estimate, fit.data.clusters)
        fits = [
            complete_data_fit(one, df, normal=kind is None, saturated=saturated) for one, df in pair
        ]
        complete = (fits[0].chisq, fits[0].scaling, fits[1].chisq, fits[1].scaling)
    if kind is None:
        return Scaling(1.0, 1.0, complete)
    model, baseline = (factor_at(fit, one, saturated) for one, _ in pair)
    return Scaling(model, baseline, complete)


def factor_at(
    fit: SemFit,
    at: Estimate,
    saturated: tuple[SaturatedGroup, ...] | None = None,
    *,
    information: Literal["expected", "observed"] | None = None,
) -> float:
    """Return the scaling factor of the chi-square of some estimate for the data of a fit.

    By default with the information that the fit uses.
    """
    name: ScaledTestName = (
        "satorra.bentler" if fit.options.scaled == "MLM" else "yuan.bentler.mplus"
    )
    return scaled_test(
        at,
        degrees_of_freedom(at),
        name,
        fit.data.clusters,
        saturated=saturated,
        information=information or fit.options.information,
    ).scaling
