"""The regression of the log of lifetime value, and back to money by smearing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.stats.diagnostic import het_breuschpagan

from kamlab.accounts.identity import identity
from kamlab.foundation.errors import DataWarning
from kamlab.foundation.language import Text, say
from kamlab.foundation.lent import frozen
from kamlab.panel.correction import Correction
from kamlab.panel.delta_method import standard_errors
from kamlab.panel.design import Design
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.refit import refit_linear
from kamlab.panel.regression import Covariance, Estimates
from kamlab.panel.resample import Redrawn, Resample
from kamlab.sem.caller import level_of_caller
from kamlab.value.regression.covariance import covariance_of, factor, sandwich
from kamlab.value.regression.result import ValueRegression

Array = NDArray[np.float64]

HEAVY, TIMES_ITS_SHARE = 0.10, 10
"""Part of the smearing factor, and multiple of an equal part, beyond which a row is named."""


@dataclass(frozen=True, slots=True)
class HeavyRow:
    """A row by whose account and period a `share` of the smearing factor is made."""

    account: str
    period: object
    share: float


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class LogLinearValue(ValueRegression):
    """Least squares of the log of lifetime value.

    Attributes
    ----------
    log_residuals : ndarray, shape (rows,)
    smearing : float
        Mean of the exponentiated residuals (Duan 1983, Journal of the American Statistical
        Association): expected value is `exp(x b)` times it, if the residuals' distribution does
        not depend on `x`.
    joint_covariance : ndarray, shape (terms + 1, terms + 1)
        Of the coefficients and the log of the smearing factor.
    """

    model: ClassVar[str] = "log_linear"
    log_residuals: Array
    smearing: float
    joint_covariance: Array

    @classmethod
    def fit(
        cls, design: Design, cov: Covariance, correction: Correction | None, **more: Any
    ) -> Self:
        """Fit by least squares."""
        terms = design.terms if correction is None else correction.terms(design)
        fit = sm.OLS(design.outcome, terms).fit()
        x, residuals = terms.to_numpy(), np.asarray(fit.resid)
        smearing = float(np.mean(np.exp(residuals)))
        influence = (x * residuals[:, None]) @ fit.normalized_cov_params.to_numpy()
        measures = {
            "r_squared": fit.rsquared,
            "residual_std_dev": np.sqrt(fit.scale),
            "smearing_factor": smearing,
            **_equal_spread(residuals, terms),
        }
        estimates = Estimates(
            coefficients=frozen(fit.params),
            covariance=frozen(covariance_of(influence, design, cov, fit.cov_params())),
            measures=measures,
            influence=frozen(influence) if correction is None else None,
        )
        made = cls(
            design=design,
            estimates=estimates,
            correction=correction,
            cov=cov,
            log_residuals=frozen(residuals),
            smearing=smearing,
            joint_covariance=_joint(x, residuals, influence, design, cov),
            **more,
        )
        if (heavy := made._heaviest) is not None:
            warnings.warn(str(heavy), DataWarning, stacklevel=level_of_caller())
        return made

    @property
    def notes(self) -> tuple[Text, ...]:
        """Those of every regression of value, and a row that smearing leans on."""
        heavy = self._heaviest
        return super().notes if heavy is None else (*super().notes, heavy)

    @property
    def heavy_row(self) -> HeavyRow | None:
        """The row that makes much of the smearing factor by itself; None where none does."""
        lifted = np.exp(self.log_residuals - self.log_residuals.max())
        share = float(1 / lifted.sum())
        if share <= max(HEAVY, TIMES_ITS_SHARE / len(lifted)):
            return None
        row = self.design.used.iloc[int(np.argmax(lifted))]
        return HeavyRow(row["account_id"], row["period"], share)

    @property
    def _heaviest(self) -> Text | None:
        if (row := self.heavy_row) is None:
            return None
        words = {"account": row.account, "period": row.period, "share": f"{row.share:.0%}"}
        return say("value.worth_one_row", factor=f"{self.smearing:,.4g}", **words)

    def _refit(self, terms: Array, draws: Resample) -> Array:
        self._refuse_shaken(terms)
        outcome = np.log(self._drawn_values(draws))
        return refit_linear(terms, outcome, draws.of(self.design.groups))

    def _with_spread(self, known: Redrawn, draws: Resample) -> Self:
        both = np.column_stack([known.coefficients, self._drawn_smearing(known, draws)])
        joint = np.cov(both[known.solved], rowvar=False)
        covariance = frozen(joint[:-1, :-1])
        estimates = replace(self.estimates, covariance=covariance, influence=None)
        return replace(self, estimates=estimates, joint_covariance=frozen(joint))

    def _drawn_smearing(self, known: Redrawn, draws: Resample) -> Array:
        """Return the log of the smearing factor of every draw."""
        observed = self.design.terms.to_numpy()
        cells = observed.size if self.correction else len(observed)
        found, first = [], 0
        for block in draws.blocks(cells):
            here = slice(first, first + len(block.times))
            first = here.stop
            by = known.coefficients[here]
            predictor = by @ observed.T
            part = known.only(here).calibration
            if part is not None:
                counts = self.design.used["n_respondents"].to_numpy(dtype=float)
                predictor = (part.applied(observed, counts) @ by[:, :, None])[:, :, 0]
            residuals = np.log(self._drawn_values(block)) - predictor
            weights = block.of(self.design.groups)
            found.append((weights * np.exp(residuals)).sum(axis=1) / weights.sum(axis=1))
        return np.asarray(np.log(np.concatenate(found)))

    def _centre(self, rows: pd.DataFrame) -> tuple[Array, Array]:
        terms, predictor, _ = self.linear_predictor(rows)
        slopes = np.column_stack([terms, np.ones(len(terms))])
        return predictor + np.log(self.smearing), standard_errors(slopes, self.joint_covariance)

    def augment(self) -> pd.DataFrame:
        """Return one row per account and period used: lifetime value, fitted and residual."""
        used = self.design.used
        table = pd.concat([identity(used), used[["period", "net_margin", "ltv"]]], axis=1)
        table["residual"] = self.log_residuals
        table["fitted"] = table["ltv"] / np.exp(table["residual"])
        table["predicted_value"] = table["fitted"] * self.smearing
        return table.reset_index(drop=True)


def _equal_spread(residuals: Array, terms: pd.DataFrame) -> dict[str, float]:
    """Return the p-value of Breusch and Pagan's test, in Koenker's form, where it applies."""
    if INTERCEPT not in terms or terms.shape[1] < 2:
        return {}
    return {"p_equal_spread": float(het_breuschpagan(residuals, terms.to_numpy())[1])}


def _joint(
    terms: Array, residuals: Array, influence: Array, design: Design, cov: Covariance
) -> Array:
    """Return the covariance of the coefficients and the log of the smearing factor.

    The factor's influence is that of a mean, less what the coefficients move in it. There is no
    classical form of it; robust errors stand in.
    """
    lifted = np.exp(residuals)
    share = lifted / lifted.sum()
    moved = share - 1 / len(share) - influence @ (share @ terms)
    kind: Covariance = "cluster" if cov == "cluster" else "robust"
    n_terms, groups = terms.shape[1], design.groups.nunique()
    both = sandwich(np.column_stack([influence, moved]), design, kind)
    return frozen(both * factor(len(terms), n_terms, groups, kind))
