"""What present accounts are worth, and would be worth with other quality."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.tables import ITEM_RANGE, constructs
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.panel.analysis_table import current_rows
from kamlab.panel.links import Link, averaged
from kamlab.panel.predictors import Predictors
from kamlab.panel.resample import Redrawn, resample
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.value.lifetime import margin_multiple
from kamlab.value.regression.result import ValueRegression

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Both regressions, fitted to every draw of accounts.

    Attributes
    ----------
    stay, worth : Redrawn
    n_failed : int
        Draws left out, for one of the regressions had no solution in them.
    """

    stay: Redrawn
    worth: Redrawn
    n_failed: int = 0


def redrawn(stay: RenewalRegression, worth: ValueRegression, n_boot: int, seed: int) -> Drawn:
    """Draw accounts with replacement and fit both regressions to every draw."""
    draws = resample(stay.drawn_from.union(worth.drawn_from), n_boot, seed)
    stays, pays = stay.redrawn(draws), worth.redrawn(draws)
    solved = stays.solved & pays.solved
    if not solved.any():
        raise NotApplicable(say("value.no_draw_solved"))
    return Drawn(stays.only(solved), pays.only(solved), n_failed=int((~solved).sum()))


@dataclass(frozen=True, eq=False)
class Prospects:
    """Accounts before and after a change of quality, ready to be valued.

    Attributes
    ----------
    margin : ndarray, shape (accounts,)
        Latest net margin, in money a period.
    before, after : Predictors
        Of staying.
    change : ndarray, shape (accounts, terms)
        Of the terms of the value regression.
    """

    stay: RenewalRegression
    worth: ValueRegression
    margin: Array
    before: Predictors
    after: Predictors
    change: Array

    @classmethod
    def of(
        cls,
        stay: RenewalRegression,
        worth: ValueRegression,
        before: pd.DataFrame,
        after: pd.DataFrame,
    ) -> Prospects:
        """Take what is needed out of rows of the analysis table."""
        pays = [worth.design.terms_of(rows).to_numpy() for rows in (before, after)]
        return cls(
            stay=stay,
            worth=worth,
            margin=before["latest_margin"].to_numpy(dtype=float),
            before=stay.predictors(before),
            after=stay.predictors(before, moved=after),
            change=pays[1] - pays[0],
        )

    def part(self, accounts: slice) -> Prospects:
        """Return the same of some accounts."""
        return replace(
            self,
            margin=self.margin[accounts],
            before=self.before.part(accounts),
            after=self.after.part(accounts),
            change=self.change[accounts],
        )

    def values(self, stay_by: Array | None = None, worth_by: Array | None = None) -> list[Array]:
        """Return lifetime values before and after, at the estimates or at other coefficients.

        Returns
        -------
        [before, after] : ndarray, shape (accounts,)
        """
        worth_by = self.worth.estimates.coefficients if worth_by is None else worth_by
        return self._money(self._averaged(self._multiple, stay_by), worth_by)

    def chances(self) -> list[Array]:
        """Return the probabilities of staying before and after, shape (accounts,)."""
        return self._averaged(self._link.probability)

    def drawn_values(self, drawn: Drawn, noise: Array) -> list[Array]:
        """Return lifetime values before and after in every draw.

        Parameters
        ----------
        drawn : Drawn
        noise : ndarray, shape (draws, accounts)
            Standard normal: where in the range that its score leaves open an account stands.

        Returns
        -------
        [before, after] : ndarray, shape (draws, accounts)
        """
        multiples = [self._multiple(eta) for eta in self._drawn(drawn, noise)]
        return self._money(multiples, drawn.worth.coefficients)

    def drawn_chances(self, drawn: Drawn, noise: Array) -> list[Array]:
        """Return the probabilities of staying before and after in every draw."""
        return [self._link.probability(eta) for eta in self._drawn(drawn, noise)]

    @property
    def _link(self) -> Link:
        assert self.stay.link is not None
        return self.stay.link

    def _averaged(
        self, function: Callable[[Array], Array], stay_by: Array | None = None
    ) -> list[Array]:
        by = self.stay.estimates.coefficients if stay_by is None else stay_by
        correction = self.stay.correction
        known = correction.calibration if correction else None
        open_ = self.before.variance(by, known)
        return [averaged(function, side.at(by, known), open_) for side in (self.before, self.after)]

    def _drawn(self, drawn: Drawn, noise: Array) -> list[Array]:
        by, known = drawn.stay.coefficients, drawn.stay.calibration
        shift = noise * np.sqrt(self.before.variance(by, known))
        return [side.at(by, known) + shift for side in (self.before, self.after)]

    def _multiple(self, predictor: Array) -> Array:
        rate, growth = np.array(self.worth.discount_rate), np.array(0.0)
        chance = self._link.probability(predictor)
        return margin_multiple(chance, rate, growth, None, "after_one_period")

    def _money(self, multiples: list[Array], worth_by: Array) -> list[Array]:
        now, then = multiples
        factor = self.worth.factor(self.change, worth_by)
        return [self.margin * now, self.margin * factor * then]


def valued_accounts(stay: RenewalRegression, worth: ValueRegression) -> pd.DataFrame:
    """Return the current row of every present account that both regressions can value.

    `latest_margin` is the net margin of the account's last period that is over; one who brought
    none, or a loss, cannot be valued, for the regression of log value says nothing of losses.

    Raises
    ------
    NotApplicable
        If there is none.
    """
    past = worth.rows[worth.rows["stayed"].notna()].sort_values("start")
    # Not groupby.last(), which would pass over a missing margin to an older year's.
    latest = past.drop_duplicates("account_id", keep="last").set_index("account_id")["net_margin"]
    present = current_rows(worth.rows)
    present = present.assign(latest_margin=present["account_id"].map(latest))
    paying = present[present["latest_margin"] > 0]
    valued = stay.design.predictable(worth.design.predictable(paying))
    if valued.empty:
        raise NotApplicable(say("value.nobody"))
    return valued


def raised(before: pd.DataFrame, raise_by: Mapping[str, float]) -> tuple[pd.DataFrame, pd.Series]:
    """Return the rows with more quality, and which of them the end of a scale holds back."""
    rated = {construct.name for construct in constructs()}
    after = before.copy()
    held_back = pd.Series(False, index=before.index)
    for name, by in raise_by.items():
        wished = before[name] + by
        after[name] = wished.clip(*ITEM_RANGE) if name in rated else wished
        held_back |= after[name] != wished
    return after, held_back
