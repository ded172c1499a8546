"""Whether the effects of Cox's regression are the same at every tenure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.nonparametric.smoothers_lowess import lowess

from kamlab.accounts.identity import identity
from kamlab.foundation import style
from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.panel.analysis_table import DAYS_A_YEAR
from kamlab.panel.design import Design
from kamlab.panel.labels import term_labels
from kamlab.panel.regression import Estimates
from kamlab.retention.survival.risk_sets import Array, RiskSets
from kamlab.retention.survival.sayings import told_p

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Transform = Literal["rank", "log", "identity"]
TRANSFORMS: tuple[Transform, ...] = get_args(Transform)
ALL = "all_terms"
DOUBTFUL = 0.05
SMOOTH = 2 / 3
"""The part of the events that each point of the smooth line looks at: Cleveland's default."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Proportionality(Result):
    """Tests of proportional hazards; made by `CoxRegression.proportionality`.

    Attributes
    ----------
    formula : str
    transform : {"rank", "log", "identity"}
        How time enters the tests.
    tests : DataFrame
    events : DataFrame
        One row per account that left, by time, with the scaled residual of every term.
    estimates : Mapping of str to float
        The coefficients, by term.
    """

    formula: str
    transform: Transform
    tests: Lent[pd.DataFrame] = Lent()
    events: Lent[pd.DataFrame] = Lent()
    estimates: Mapping[str, float]

    @property
    def title(self) -> Text:
        """The formula, as a heading."""
        return say("retention.proportional_title", formula=self.formula)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The terms in words."""
        return {**term_labels(self.estimates), ALL: say("retention.proportional_all")}

    @property
    def notes(self) -> tuple[Text, ...]:
        """What the test is, and what a small p means."""
        return (say("retention.proportional_note", time=self._time),)

    @property
    def _time(self) -> Text:
        return say(f"retention.proportional_{self.transform}")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term, and one for all terms together: chi-square, df, p."""
        return self.tests

    def glance(self) -> pd.DataFrame:
        """Return the test of all terms together in one row."""
        whole = self.tests.query("term == @ALL").drop(columns="term")
        return whole.assign(n_leavers=len(self.events)).reset_index(drop=True)

    def augment(self) -> pd.DataFrame:
        """Return one row per account that left: when, and the scaled residual of every term.

        A residual is an estimate of the term's coefficient at that time (Grambsch and Therneau
        1994), very noisy one by one.
        """
        return self.events

    @property
    def sentence(self) -> Text:
        """What the test of all terms together says."""
        p_value = float(self.glance()["p_value"].iloc[0])
        verdict = "doubtful" if p_value < DOUBTFUL else "no_doubt"
        return say(f"retention.proportional_{verdict}", p=told_p(p_value))

    def report(self) -> str:
        """Say whether there is reason to doubt proportional hazards, and for which term."""
        terms = self.tests.query("term != @ALL and p_value < @DOUBTFUL")["term"]
        parts = [self.sentence]
        if len(terms):
            names = join([self.term_labels[term] for term in terms])
            parts.append(say("retention.proportional_terms", names=names))
        return str(paragraph([*parts, *self.notes]))

    def plot(self, ax: Axes | None = None, *, term: str | None = None) -> Axes:
        """Draw one term's scaled residuals over years as a customer, with a smooth line.

        Parameters
        ----------
        ax : Axes, optional
        term : str, optional
            The term with the smallest p if left out.

        Raises
        ------
        ArgumentError
            If there is no such term.
        """
        tests = self.tests.query("term != @ALL").set_index("term")
        if term is None:
            term = str(tests["p_value"].idxmin())
        if term not in tests.index:
            allowed = join([same(name) for name in tests.index])
            raise ArgumentError(say("retention.proportional_no_term", got=term, allowed=allowed))
        time = self.events["time"].to_numpy(dtype=float)
        residual = self.events[f"effect_{term}"].to_numpy(dtype=float)
        label, estimate = self.term_labels[term], self.estimates[term]
        words = {"term": label, "p": told_p(float(tests["p_value"][term])), "count": len(time)}
        with style.canvas(ax) as ax:
            first, second = style.LOOKS[:2]
            ax.plot(time, residual, first.marker, color=first.color, alpha=0.4, markersize=4)
            smooth = lowess(residual, time, frac=SMOOTH)
            ax.plot(*smooth.T, color=second.color, label=str(say("retention.proportional_smooth")))
            fitted = say("retention.proportional_fitted", estimate=f"{estimate:.2f}")
            ax.axhline(estimate, color=style.QUIET, linestyle="--", label=str(fitted))
            ax.set_xlabel(str(say("retention.survival_tenure_axis")))
            ax.set_ylabel(str(say("retention.proportional_axis", term=label)))
            style.legend_below(ax)
            title = say("retention.proportional_plot", **words)
            style.finish(ax, title=title, alt=say("retention.proportional_alt", **words))
        return ax


def check_proportionality(
    design: Design, estimates: Estimates, risk: RiskSets, transform: Transform
) -> Proportionality:
    """Test each term, and all together, for an effect that changes with time.

    Parameters
    ----------
    design : Design
    estimates : Estimates
    risk : RiskSets
        At the estimates.
    transform : {"rank", "log", "identity"}

    Raises
    ------
    ArgumentError
        If the transform is not known.
    NotApplicable
        If all left at one tenure.

    Notes
    -----
    The score test for adding `term * g(time)` to the model, as in `cox.zph` of R's survival
    from version 3: with Schoenfeld residuals r_e and the risk sets' covariances V_e,
    `u = sum g_e r_e` and `u' [sum g_e^2 V_e - sum g_e V_e (sum V_e)^-1 sum g_e V_e]^-1 u`.
    """
    if transform not in TRANSFORMS:
        allowed = join([same(repr(name)) for name in TRANSFORMS])
        raise ArgumentError(
            say("retention.proportional_transform", got=repr(transform), allowed=allowed)
        )
    clock = {"rank": stats.rankdata, "log": np.log, "identity": np.asarray}[transform]
    order = np.argsort(risk.leave[risk.event], kind="stable")
    moment = np.asarray(clock(risk.leave), dtype=float)[risk.event][order]
    if np.ptp(moment) == 0:
        raise NotApplicable(say("retention.proportional_one_time"))
    moment = (moment - moment.mean()) / np.ptp(moment)
    names = list(design.terms.columns)
    return Proportionality(
        formula=design.formula,
        transform=transform,
        tests=_tests(risk, moment, names),
        events=_events(design, estimates, risk, order),
        estimates=dict(zip(names, estimates.coefficients.tolist(), strict=True)),
    )


def _tests(risk: RiskSets, moment: Array, names: list[str]) -> pd.DataFrame:
    """Return the tests of each term and of all together, `moment` being the time of each event."""
    once, mixed, twice = (risk.information(moment**power) for power in range(3))
    score = moment @ risk.schoenfeld()[1]
    information = twice - mixed @ np.linalg.solve(once, mixed)
    each = score**2 / np.diag(information)
    whole = score @ np.linalg.solve(information, score)
    df = np.r_[np.ones(len(names), dtype=int), len(names)]
    chisq = np.r_[each, whole]
    columns = {"term": [*names, ALL], "zph_chisq": chisq, "df": df}
    return pd.DataFrame(columns).assign(p_value=stats.chi2.sf(chisq, df))


def _events(
    design: Design, estimates: Estimates, risk: RiskSets, order: NDArray[np.intp]
) -> pd.DataFrame:
    """Return who left when, with Schoenfeld residuals on the scale of the coefficients."""
    times, residuals = risk.schoenfeld()
    scaled = len(times) * np.linalg.solve(risk.information(), residuals.T).T
    scaled += estimates.coefficients
    gone = design.used[risk.event].iloc[order].reset_index(drop=True)
    effects = pd.DataFrame(scaled, columns=[f"effect_{name}" for name in design.terms.columns])
    table = identity(gone).assign(period=gone["period"], time=times / DAYS_A_YEAR)
    return with_labels(
        pd.concat([table, effects], axis=1),
        {f"effect_{name}": label for name, label in term_labels(design.terms.columns).items()},
    )
