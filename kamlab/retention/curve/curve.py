"""A fitted curve of retention: the result of `fit_retention_curve`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kamlab.foundation.columns import column
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.results import Result
from kamlab.retention.curve.arguments import check_discount, check_periods, design_at
from kamlab.retention.curve.parameters import parameter_labels, parameter_table
from kamlab.retention.curve.picture import draw_curve
from kamlab.retention.curve.saying import lifetime_sentence, notes, sentences, shift_sentences
from kamlab.retention.curve.solution import RESIDUAL, STAY, SURVIVAL, Solution, named
from kamlab.retention.curve.tables import misfit, p_alike, present_table, renewal_table, shift_table
from kamlab.retention.curve.tallies import Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

DISCOUNT_RATE = 0.10
AHEAD = 5
"""Renewals that a picture shows beyond the data, if it is not told."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RetentionCurve(Result):
    """A curve of retention; made by `fit_retention_curve`.

    Attributes
    ----------
    model : {"sbg", "bdw"}
        What was asked for; `solution.family` is what the data allow.
    tally : Tally
        The renewals that were due, counted.
    solution : Solution
    conf_level : float
    """

    model: str
    tally: Tally
    solution: Solution
    conf_level: float

    @property
    def title(self) -> Text:
        """The family of the curve: the model, or the limit that the data reach."""
        family = column("curve_family").values[self.solution.family_name]
        return say("retention.curve_title", family=family)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was counted, what the parameters are, limits that were reached."""
        return notes(self)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The parameters in words."""
        return parameter_labels(self.solution.family, self.tally.covariates)

    @property
    def last(self) -> int:
        """The last renewal that was due for anybody."""
        return int(self.tally.cells.renewal.max())

    def tidy(self) -> pd.DataFrame:
        """Return one row per parameter.

        Returns
        -------
        DataFrame
            `alpha` and `beta` (for a customer with mean covariates) and, of a
            beta-discrete-Weibull, `c`, tested against 1; `alpha:trust` and `beta:trust` are
            changes of the log per unit. In the limits that notes name: `leaving`, the probability
            of leaving at the first renewal, and `leaving:trust`, a change of its log odds.
            Intervals are symmetrical on the scale of logs (log odds).
        """
        return parameter_table(self.solution, self.tally, self.conf_level)

    def glance(self) -> pd.DataFrame:
        """Return the whole fit in one row.

        BIC counts customers. The test of fit pools neighbouring renewals until 5 are expected to
        be made and not made; it is missing with covariates, or too few classes. `p_alike` tests
        that customers do not differ (half a chi-square, for that is a limit of the model).
        """
        cells, solution = self.tally.cells, self.solution
        n_parameters, n = solution.n_free, self.tally.n_customers
        chisq, df = misfit(solution, self.tally, self.conf_level)
        stay = solution.staying(np.ones(1), self.centre[None], self.conf_level)[0]
        return pd.DataFrame(
            {
                "curve_family": [solution.family_name],
                "n_customers": [n],
                "n_left_out": [self.tally.n_left_out],
                "n_due": [int((cells.stayed + cells.left).sum())],
                "n_lost": [int(cells.left.sum())],
                "loglik": [solution.loglik],
                "aic": [2 * n_parameters - 2 * solution.loglik],
                "bic": [n_parameters * np.log(n) - 2 * solution.loglik],
                "chisq": [chisq],
                "df": [df],
                "p_value": [stats.chi2.sf(chisq, df) if df > 0 else np.nan],
                "p_alike": [p_alike(solution, self.tally)],
                "first_retention": stay,
                "median_lifetime": [solution.median(self.centre, self.conf_level)[0]],
            }
        )

    @property
    def centre(self) -> Floats:
        """One and the covariates at their means."""
        return design_at(self.tally, None)

    def by_renewal(self) -> pd.DataFrame:
        """Return one row per renewal that was due: what was observed, and the curve.

        Returns
        -------
        DataFrame
            `renewals` (which one), `n_due` (customers still there before it), `n_lost`,
            `retention_rate` (share that renewed) with the fitted `stay_probability` and its
            limits; `observed_survival` and the fitted `survival` with limits. With covariates,
            fitted values are means over the customers whom it was due for. If nobody was
            observed from the start, survival counts from the first of these renewals on.
        """
        return renewal_table(self.solution, self.tally.cells, self.conf_level)

    def augment(self, *, discount_rate: float = DISCOUNT_RATE) -> pd.DataFrame:
        """Return one row per account that is still there, or per renewal if cohorts were given.

        Parameters
        ----------
        discount_rate : float, default 0.10
            A period, for the expected residual lifetimes.

        Returns
        -------
        DataFrame
            Accounts: `renewals` made, `stay_probability` at the next one with limits, and
            `residual_lifetime` (see the method) with limits; those most likely to leave first.
            Cohorts: `by_renewal()`.
        """
        if not self.tally.by_account:
            return self.by_renewal()
        check_discount(discount_rate)
        return present_table(self.solution, self.tally, discount_rate, self.conf_level)

    def project(self, periods: int, at: Mapping[str, float] | None = None) -> pd.DataFrame:
        """Return the curve from the start to some renewal, beyond the data too.

        Parameters
        ----------
        periods : int
            The last renewal; 0 gives the start alone.
        at : mapping of str to float, optional
            Values of covariates; those not named are at their means.

        Returns
        -------
        DataFrame
            One row per number of `renewals` made: `survival` (share of customers still there)
            with limits, `stay_probability` at that renewal (missing at the start) with limits,
            and whether it is `projected`, that is beyond the last renewal observed.

        Raises
        ------
        ArgumentError
            If `periods` is no whole number of 0 or more, or `at` names no covariate.
        """
        periods = int(check_periods(periods)[0])
        x = design_at(self.tally, at)
        renewal = np.arange(1.0, periods + 1)
        rows = np.tile(x, (periods, 1))
        staying = self.solution.staying(renewal, rows, self.conf_level)
        start = tuple(np.r_[np.nan, values] for values in staying)
        return pd.DataFrame(
            {
                "renewals": np.arange(periods + 1),
                **named(SURVIVAL, self.solution.survival(periods, x, self.conf_level)),
                **named(STAY, start),
                "projected": np.arange(periods + 1) > self.last,
            }
        )

    def residual_lifetime(
        self,
        renewals: int | Sequence[int] = 0,
        discount_rate: float = DISCOUNT_RATE,
        *,
        horizon: int | None = None,
        seen: Literal["before_renewal", "after_renewal"] = "before_renewal",
        at: Mapping[str, float] | None = None,
    ) -> pd.DataFrame:
        """Return how many renewals are still to be expected, later ones discounted.

        Parameters
        ----------
        renewals : int or sequence of int, default 0
            Made so far.
        discount_rate : float, default 0.10
            A period. At 0 it is the plain expected number, which is infinite for a
            beta-geometric curve with alpha of 1 or less.
        horizon : int, optional
            How many renewals from now on count; endless if left out.
        seen : {"before_renewal", "after_renewal"}
            Whether the next renewal is due at once, and counts in full, or in one period.
        at : mapping of str to float, optional
            Values of covariates; those not named are at their means.

        Returns
        -------
        DataFrame
            `renewals`, `residual_lifetime`, `residual_low`, `residual_high`. Times the net
            margin that a renewal brings, it is the value still to come.

        Raises
        ------
        ArgumentError
            If an argument cannot be, or the sum is infinite.

        Notes
        -----
        `sum over k >= 1 of S(n + k) / S(n) / (1 + d)^(k - 1)`: Fader and Hardie (2010, Marketing
        Science 29(1)), who number the renewal that is due, so that their n is one higher.
        """
        later = check_discount(discount_rate, horizon, seen)
        made = check_periods(renewals)
        design = np.tile(design_at(self.tally, at), (len(made), 1))
        limits = self.solution.residual(made, design, discount_rate, horizon, self.conf_level)
        scaled = tuple(values / later for values in limits)
        return pd.DataFrame({"renewals": made.astype(int), **named(RESIDUAL, scaled)})

    def shifts(self, *, discount_rate: float = DISCOUNT_RATE) -> pd.DataFrame:
        """Return what each covariate does, from one standard deviation below to one above.

        Parameters
        ----------
        discount_rate : float, default 0.10
            A period, for the expected residual lifetime of a new customer.

        Returns
        -------
        DataFrame
            Two rows per covariate, the others being at their means: `term`, `at` (its value),
            `first_retention`, `median_lifetime` (renewals; endless beyond 1,000) and
            `residual_lifetime`, each with limits, and `p_value` (Wald) of all slopes of the
            covariate being zero.

        Raises
        ------
        NotApplicable
            If the curve has no covariates.
        """
        if not self.tally.covariates:
            raise NotApplicable(say("retention.curve_no_shifts"))
        check_discount(discount_rate)
        return shift_table(self.solution, self.tally, discount_rate, self.conf_level)

    def plot(self, ax: Axes | None = None, *, periods: int | None = None) -> Axes:
        """Draw the curve with its interval, projected further, and what was observed.

        With covariates, two curves: the first covariate one standard deviation below and above
        its mean, the others at theirs.

        Parameters
        ----------
        ax : Axes, optional
        periods : int, optional
            The last renewal shown; five more than were observed if left out.
        """
        periods = self.last + AHEAD if periods is None else int(check_periods(periods)[0])
        return draw_curve(self, periods=periods, ax=ax)

    def report(self) -> str:
        """Say how many are kept, how the rate changes with age, and what is still to come."""
        said = [*sentences(self), lifetime_sentence(self, DISCOUNT_RATE)]
        return str(paragraph([*said, *shift_sentences(self, DISCOUNT_RATE), *self.notes]))
