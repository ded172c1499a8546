"""The two-part regression: whether an account earns anything, and how much if it does."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.special import expit, log_expit
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, money, say
from kamlab.foundation.lent import frozen
from kamlab.panel.correction import Correction
from kamlab.panel.delta_method import jacobian, standard_errors
from kamlab.panel.design import ROWS_A_TERM, Design, told_apart
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.links import LINKS
from kamlab.panel.refit import refit_binary, refit_gamma
from kamlab.panel.regression import Covariance, Estimates
from kamlab.panel.resample import Resample
from kamlab.value.regression.covariance import factor, sandwich
from kamlab.value.regression.gamma import classical_covariance, fit_gamma, influence
from kamlab.value.regression.result import CHANGES, ValueRegression

Array = NDArray[np.float64]

PARTS = ("positive", "amount")


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class TwoPartValue(ValueRegression):
    """A logit of value above 0, and a Gamma regression of the values above 0.

    `estimates` holds the coefficients of both parts, the logit's first; with `K` terms they are
    `2 K`. Expected value is `p(x) m(x)`: an account that brings a loss counts as 0.
    """

    model: ClassVar[str] = "two_part"

    @classmethod
    def fit(
        cls, design: Design, cov: Covariance, correction: Correction | None, **more: Any
    ) -> Self:
        """Fit both parts; their errors go together as the same accounts move both."""
        positive = (design.outcome > 0).to_numpy()
        _check(design, positive)
        chance = _fit_positive(design, positive)
        amount = fit_gamma(design.formula, design.terms[positive], design.outcome[positive])
        moved = np.zeros((len(positive), 2 * design.terms.shape[1]))
        split = design.terms.shape[1]
        moved[:, :split] = influence(chance)
        moved[positive, split:] = influence(amount)
        if cov == "classical":
            covariance = block_diag(chance.cov_params(), classical_covariance(amount))
        else:
            covariance = _sandwich(design, positive, moved, cov)
        measures = {"share_positive": float(positive.mean()), "dispersion": float(amount.scale)}
        estimates = Estimates(
            coefficients=frozen(np.concatenate([chance.params, amount.params])),
            covariance=frozen(covariance),
            measures=measures,
            influence=frozen(moved),
        )
        return cls(design=design, estimates=estimates, correction=correction, cov=cov, **more)

    def _refit(self, terms: Array, draws: Resample) -> Array:
        self._refuse_shaken(terms)
        positive = (self.design.outcome > 0).to_numpy()
        start, split = self.estimates.coefficients, self.design.terms.shape[1]
        weights, outcome = draws.of(self.design.groups), self._drawn_values(draws)
        chance = refit_binary(LINKS["logit"], terms, positive.astype(float), weights, start[:split])
        amount = refit_gamma(
            terms[..., positive, :],
            outcome[..., positive],
            weights[:, positive],
            start[split:],
        )
        return np.hstack([chance, amount])

    @property
    def coefficients(self) -> pd.Series:
        """The coefficients by part and term."""
        keys = pd.MultiIndex.from_product([PARTS, self.design.terms.columns])
        return pd.Series(self.estimates.coefficients, index=keys)

    @property
    def _note_model(self) -> Text:
        losses = self.design.outcome[self.design.outcome < 0]
        lost = money(losses.sum(), self.currency)
        return say("value.worth_note_two_part", count=len(losses), lost=lost)

    @property
    def summary_columns(self) -> tuple[str, ...]:
        """What a reader needs: the part, the estimate, changes in per cent, p."""
        return ("part", "term", "estimate", "change", "change_low", "change_high", "p_value")

    def tidy(self) -> pd.DataFrame:
        """Return one row per part and term.

        `part` is `positive` (log odds of value above 0), `amount` (log of the value of those
        above 0) or `both`: there the estimate is the average effect on expected value in money
        (the mean over rows of its derivative), and `change` by how much the expected value of
        all rows together changes when each has one unit more. Terms that cannot change alone
        have no row in `both`.
        """
        names = list(self.design.terms.columns)
        split, numbers = len(names), self.estimates
        rows = [
            self._wald(part, names, numbers.coefficients[here], numbers.covariance[here, here])
            for part, here in zip(PARTS, (slice(split), slice(split, None)), strict=True)
        ]
        for name, source in CHANGES.items():
            rows[1][name] = np.exp(rows[1][source]).where(rows[1]["term"] != INTERCEPT) - 1
        return pd.concat([*rows, self._both()], ignore_index=True)

    def by_term(self) -> pd.DataFrame:
        """Return the rows of both parts together."""
        return self.slopes()

    def slopes(self) -> pd.DataFrame:
        """Return the rows of both parts together: one row per term that can change alone."""
        return self._both()

    def _wald(self, part: str, terms: list[str], estimate: Array, spread: Array) -> pd.DataFrame:
        error = np.sqrt(np.diag(spread))
        reach = self.design.reach(self.conf_level) * error
        return pd.DataFrame(
            {
                "part": part,
                "term": terms,
                "estimate": estimate,
                "std_error": error,
                "statistic": estimate / error,
                "p_value": self.design.p_value(estimate / error),
                "conf_low": estimate - reach,
                "conf_high": estimate + reach,
            }
        )

    def _both(self) -> pd.DataFrame:
        """Return the effects on expected value, by the delta method with the rows as they are."""
        names = list(self.design.terms.columns)
        alone = [n for n in names if n != INTERCEPT and n not in self.design.entangled]
        places = np.array([names.index(name) for name in alone], dtype=int)
        terms = self.design.terms.to_numpy()

        def effects(by: Array) -> Array:
            return np.concatenate(_effects(terms, by, places))

        by, covariance = self.estimates.coefficients, self.estimates.covariance
        slopes = jacobian(effects, by, covariance)
        spread = slopes @ covariance @ slopes.T
        found, split = effects(by), len(alone)
        table = self._wald("both", alone, found[:split], spread[:split, :split])
        reach = self.design.reach(self.conf_level) * np.sqrt(np.diag(spread)[split:])
        limits = (found[split:], found[split:] - reach, found[split:] + reach)
        return table.assign(
            **{name: np.expm1(limit) for name, limit in zip(CHANGES, limits, strict=True)}
        )

    def _centre(self, rows: pd.DataFrame) -> tuple[Array, Array]:
        terms = self.predictors(rows).terms
        by, split = self.estimates.coefficients, terms.shape[1]
        odds = terms @ by[:split]
        slopes = np.hstack([terms * expit(-odds)[:, None], terms])
        error = standard_errors(slopes, self.estimates.covariance)
        return log_expit(odds) + terms @ by[split:], error


def _effects(terms: Array, by: Array, places: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return mean slopes of expected value, and logs of what one unit more multiplies it by."""
    split = terms.shape[1]
    odds, level = terms @ by[:split], terms @ by[split:]
    chance = expit(odds)
    expected = chance * np.exp(level)
    slopes = expected @ ((1 - chance)[:, None] * by[places] + by[split + places]) / len(terms)
    more = expit(odds[:, None] + by[places]) * np.exp(level[:, None] + by[split + places])
    return slopes, np.log(more.sum(axis=0) / expected.sum())


def _check(design: Design, positive: NDArray[np.bool_]) -> None:
    if positive.all():
        raise NotApplicable(say("value.worth_all_positive", count=len(positive)))
    fewest = ROWS_A_TERM * design.terms.shape[1]
    if positive.sum() < fewest:
        raise NotApplicable(say("value.worth_few_positive", count=positive.sum(), fewest=fewest))
    if not told_apart(design.terms.to_numpy()[positive]):
        raise ModelError(say("panel.collinear", formula=design.formula))


def _fit_positive(design: Design, positive: NDArray[np.bool_]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model = sm.Logit(positive.astype(float), design.terms)
            return model.fit(disp=0)
        except (PerfectSeparationWarning, ConvergenceWarning, np.linalg.LinAlgError) as error:
            raise ModelError(say("value.worth_separated", formula=design.formula)) from error


def _sandwich(design: Design, positive: NDArray[np.bool_], moved: Array, cov: Covariance) -> Array:
    """Return the sandwich of both parts, each with the factor of its own rows."""
    split, groups = moved.shape[1] // 2, design.groups
    times = [
        factor(int(where.sum()), split, groups[where].nunique(), cov)
        for where in (np.ones_like(positive), positive)
    ]
    scale = np.sqrt(np.repeat(times, split))
    return sandwich(moved, design, cov) * np.outer(scale, scale)
