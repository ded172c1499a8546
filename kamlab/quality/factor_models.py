"""The factor analyses of one wave of answers, each fitted when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from kamlab.foundation.errors import DataError, ModelError, NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.quality.answers import LastWave
from kamlab.quality.confirmatory import (
    FEWEST_BELOW,
    constructs_text,
    doubts_of,
    fit_factors,
    one_factor_text,
    second_order_text,
)

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

NO_FIT = (DataError, ModelError, NotApplicable)


@dataclass(frozen=True, eq=False)
class FactorModels:
    """Factor models of the same items: the constructs, one factor above them, one instead.

    Parameters
    ----------
    wave : LastWave
    conf_level : float
        Level of the fits' intervals.
    """

    wave: LastWave
    conf_level: float

    @cached_property
    def _fit_or_reason(self) -> tuple[SemFit | None, Text | None]:
        try:
            return self._fitted(constructs_text(self.wave.items)), None
        except NO_FIT as error:
            return None, error.text

    @property
    def fit(self) -> SemFit | None:
        """The constructs as correlated factors; None where the answers do not allow it."""
        return self._fit_or_reason[0]

    @property
    def reason(self) -> Text | None:
        """Why there is no fit; None where there is one."""
        return self._fit_or_reason[1]

    @property
    def doubts(self) -> tuple[Text, ...]:
        """What is wrong with the fit of the constructs, though there is one."""
        return () if self.fit is None else doubts_of(self.fit)

    @property
    def constructs(self) -> SemFit:
        """The constructs as correlated factors; raises `NotApplicable` where there is no fit."""
        if self.fit is None:
            raise NotApplicable(say("quality.no_cfa_note", problem=self.reason))
        return self.fit

    @cached_property
    def parameters(self) -> pd.DataFrame | None:
        """`tidy()` of the constructs' fit, for which standard errors take their time."""
        return None if self.fit is None else self.fit.tidy()

    @cached_property
    def second_order(self) -> SemFit:
        """One factor above the constructs."""
        return self._fitted(second_order_text(self.wave.items), unit_variances=False)

    @cached_property
    def one_factor(self) -> SemFit:
        """One factor in place of the constructs."""
        return self._fitted(one_factor_text(self.wave.items))

    def _fitted(self, text: str, *, unit_variances: bool = True) -> SemFit:
        answers = self.wave.checked()
        return fit_factors(text, answers, self.conf_level, unit_variances=unit_variances)

    def all(self) -> dict[str, SemFit]:
        """Return every structure that can be had, the constructs first."""
        fits = {"constructs": self.constructs}
        if len(self.wave.items) < 2:
            raise NotApplicable(say("quality.one_construct"))
        if len(self.wave.items) >= FEWEST_BELOW:
            fits["second_order"] = self.second_order
        return fits | {"one_factor": self.one_factor}
