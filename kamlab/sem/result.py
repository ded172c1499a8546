"""A fitted structural equation model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from kamlab.foundation.language import Text, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.sem import (
    bootstrapped,
    details,
    drawing,
    effect_tables,
    modifications,
    scaled,
    sentences,
    tables,
)
from kamlab.sem.alarms import alarms
from kamlab.sem.assembly import RowPlaces, written
from kamlab.sem.engine.estimate import Constraints, Estimate
from kamlab.sem.engine.implied import matrices
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.fit_measures import FitMeasures, fit_measures
from kamlab.sem.inference.indices import Scaling
from kamlab.sem.inference.standardised import Standardised
from kamlab.sem.options import Options
from kamlab.sem.picture.path_diagram import draw_diagram
from kamlab.sem.samples import Data
from kamlab.sem.sealed import seal, seal_parts
from kamlab.sem.syntax.parameters import ParameterTable
from kamlab.sem.uncertainty import Uncertainty, uncertainty_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SemFit(Result):
    """A fitted structural equation model; made by `fit_sem`."""

    model: str
    table: ParameterTable
    rows: RowPlaces
    estimate: Estimate
    constraints: Constraints
    data: Data
    options: Options
    covariates: Places
    frame: Lent[pd.DataFrame | None] = Lent()

    def __post_init__(self) -> None:
        """Let nobody write to the arrays that the fit is made of."""
        seal_parts(self)

    @cached_property
    def values(self) -> Floats:
        """Estimates of all rows of the parameter table, then of all definitions."""
        theta, point = self.estimate.theta, self.estimate.point
        intercepts = [matrices(group, theta)[2] for group in point.structure.groups]
        defined = [one.expression.value(theta) for one in self.table.definitions]
        values = np.concatenate([self.rows.values(point.implied, intercepts), defined])
        seal((values,))
        return values

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """Errors and intervals of `values`, and the covariances of the estimates."""
        parts = (self.estimate, self.table, self.rows, self.values, self.constraints)
        return uncertainty_of(*parts, self.options, self.data.clusters)

    @cached_property
    def standardised(self) -> Standardised:
        """`values` in standard deviations: of latent variables, and of all variables."""
        found = scaled.standardised(self)
        seal((found.std_lv, found.std_all))
        return found

    @cached_property
    def scaling(self) -> Scaling | None:
        """What chi-squares are divided by for robust tests and indices."""
        return scaled.scaling(self)

    @cached_property
    def measures(self) -> FitMeasures:
        """All measures of fit."""
        return fit_measures(self.estimate, covariates=self.covariates, scaling=self.scaling)

    @property
    def group_labels(self) -> tuple[str, ...]:
        """Names of the groups, in the order of their numbers from 1."""
        return self.data.labels

    def names_of(self, numbers: Iterable[int]) -> list[Text]:
        """Return how the model's text writes some free parameters."""
        return [same(written(self.table, number)) for number in numbers]

    @property
    def title(self) -> Text:
        """What was fitted, as a heading."""
        return say("sem.title", estimator=self.options.estimator)

    @property
    def notes(self) -> tuple[Text, ...]:
        """Cases used, how errors were made, and what is wrong with the fit, if anything."""
        return (
            say("sem.note_cases", nobs=self.data.nobs, out=self.data.n_left_out),
            sentences.note_on_errors(self),
            *self.table.notes,
            *alarms(self),
        )

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader looks at first."""
        grouped = ("group",) if len(self.group_labels) > 1 else ()
        numbers = ("estimate", "std_error", "p_value", "conf_low", "conf_high", "std_all")
        return ("lhs", "op", "rhs", *grouped, *numbers)

    def tidy(self) -> pd.DataFrame:
        """Return one row per parameter, fixed ones and definitions included.

        Returns
        -------
        DataFrame
            `lhs, op, rhs` as in the model's text, `label`, `group` (number from 1, 0 for a
            definition), `estimate`, `std_error` (0 for a fixed value), `statistic` (normal),
            `p_value`, `conf_low`, `conf_high`, `std_lv` and `std_all`: with latent variables, or
            all variables, in standard deviations.
        """
        return tables.parameter_rows(self)

    def by_term(self) -> pd.DataFrame:
        """Return `tidy()` with the formula in one column `term`, for `kl.compare`."""
        return tables.with_terms(self.tidy(), self.group_labels)

    def glance(self) -> pd.DataFrame:
        """Return how well the model fits, in one row."""
        return tables.fit_row(self)

    def augment(self) -> pd.DataFrame:
        """Return one row per case used: its position, its account, its factor scores.

        Raises
        ------
        NotApplicable
            If the fit is from moments, which have no cases, or has no latent variable.
        """
        return tables.case_rows(self)

    def factor_scores(
        self, method: Literal["regression", "bartlett"] = "regression"
    ) -> pd.DataFrame:
        """Return one row per case used and one column per latent variable.

        Parameters
        ----------
        method : {"regression", "bartlett"}
            Closest to the factor on average (Thurstone 1935), or unbiased given the factor
            (Bartlett 1937).

        Raises
        ------
        NotApplicable
            If the fit is from moments, or has no latent variable.
        """
        return details.factor_scores(self, method)

    def r_squared(self) -> pd.DataFrame:
        """Return the explained share of variance of each endogenous variable."""
        return details.r_squared(self)

    def effects(self, *, standardised: bool = False) -> pd.DataFrame:
        """Return direct, indirect and total effects of every cause on every effect.

        Parameters
        ----------
        standardised : bool, default False
            In standard deviations.
        """
        return effect_tables.effects(self, standardised=standardised)

    def indirect_effects(
        self, cause: str, effect: str, *, standardised: bool = False, group: int = 1
    ) -> pd.DataFrame:
        """Return the effect along each way from a cause to an effect, shortest way first.

        Raises
        ------
        ArgumentError
            If a name is no variable of the model.
        """
        return effect_tables.indirect_effects(
            self, cause, effect, standardised=standardised, group=group
        )

    def modification_indices(self, least: float = 0.0) -> pd.DataFrame:
        """Return what freeing each fixed parameter would gain.

        Parameters
        ----------
        least : float, default 0
            Smallest index to list.

        Returns
        -------
        DataFrame
            `mi`: by how much chi-square would fall, about (score test, Sörbom 1989); `epc`: by how
            much the parameter would move, about (Saris, Satorra & Sörbom 1987); `sepc_all`: the
            same in standard deviations. Largest first.
        """
        return modifications.modification_indices(self, least)

    def release_tests(self) -> pd.DataFrame:
        """Return what releasing each equality among parameters would gain, largest first.

        Returns
        -------
        DataFrame
            `equality`; `mi`: by how much chi-square would fall, about (score test); `p_value`.
        """
        return modifications.release_tests(self)

    def residual_correlations(self) -> pd.DataFrame:
        """Return observed less implied correlations, one row per pair of observed variables."""
        return details.residual_correlations(self)

    def implied_moments(self, group: int = 1) -> pd.DataFrame:
        """Return the covariances that the model implies, with a row of means if it has means."""
        return details.implied_moments(self, group)

    def bootstrap_intervals(self, kind: Literal["percentile", "bca"] = "bca") -> pd.DataFrame:
        """Return intervals of all free parameters and definitions from the bootstrap's draws.

        Parameters
        ----------
        kind : {"percentile", "bca"}
            Quantiles of the draws, or bias-corrected and accelerated (Efron 1987).

        Raises
        ------
        NotApplicable
            If the fit was made without `bootstrap`.
        """
        return bootstrapped.intervals(self, kind)

    def vcov(self) -> pd.DataFrame:
        """Return the covariance matrix of the free parameters' estimates."""
        names = [str(name) for name in self.names_of(range(self.estimate.structure.n_free))]
        return pd.DataFrame(self.uncertainty.covariance, index=names, columns=names)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        labels: Mapping[str, Text | str] | None = None,
        title: Text | None = None,
        numbers: Literal["standardised", "estimate", "none"] = "standardised",
        measurement: bool | None = None,
        covariances: bool | None = None,
        group: int = 1,
    ) -> Axes:
        """Draw the model as a path diagram; `ax.figure.savefig("model.svg")` exports it.

        Parameters
        ----------
        ax : Axes, optional
        labels : mapping of str to str, optional
            Words for the variables' names.
        title : Text, optional
        numbers : {"standardised", "estimate", "none"}
        measurement, covariances : bool, optional
            Whether to draw indicators and covariances; by default where they fit.
        group : int, default 1
        """
        details.need_choice("numbers", numbers, ("standardised", "estimate", "none"))
        details.need_switches(measurement=measurement, covariances=covariances)
        return draw_diagram(
            drawing.diagram(self, details.need_group(self, group)),
            labels=labels,
            title=title or self.title,
            numbers=numbers,
            measurement=measurement,
            covariances=covariances,
            ax=ax,
        )

    def report(self) -> str:
        """Say how well the model fits and which paths differ from zero."""
        return str(paragraph([*sentences.sentences(self), *self.notes]))
