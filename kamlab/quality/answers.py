"""The answers of each account's last wave, as the measures of validity and agreement use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.quality.reliability import FEWEST_ROWS
from kamlab.quality.scores import answered_items, last_wave, named, respondent_scores


def items_of(survey: pd.DataFrame, constructs: Sequence[str]) -> dict[str, list[str]]:
    """Return the items of each construct that a survey has."""
    return {c.name: answered_items(survey, c) for c in named(constructs)}


@dataclass(frozen=True, eq=False)
class LastWave:
    """One wave of each account, its last, so that nobody counts twice.

    Parameters
    ----------
    survey : DataFrame
        The rows of these waves.
    items : mapping of str to list of str
        Items of each construct measured.
    """

    survey: pd.DataFrame
    items: Mapping[str, list[str]]

    @classmethod
    def of(cls, survey: pd.DataFrame, constructs: Sequence[str]) -> LastWave:
        """Take the last wave of each account from a survey, in an order of its own."""
        rows = last_wave(survey).sort_values(["account_id", "respondent_id"], ignore_index=True)
        return cls(rows, items_of(survey, constructs))

    @property
    def all_items(self) -> list[str]:
        """The items of all constructs, construct by construct."""
        return [item for own in self.items.values() for item in own]

    @property
    def construct_numbers(self) -> NDArray[np.intp]:
        """For each of `all_items`, the number of its construct."""
        return np.repeat(np.arange(len(self.items)), [len(own) for own in self.items.values()])

    @cached_property
    def complete(self) -> pd.DataFrame:
        """The rows in which every item was answered, with `account_id`."""
        rows = self.survey[["account_id", *self.all_items]].dropna(ignore_index=True)
        return rows.astype(dict.fromkeys(self.all_items, float))

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The respondents' scores."""
        return respondent_scores(self.survey, list(self.items))

    def correlations(self) -> NDArray[np.float64]:
        """Return the correlations of all items, shape (p, p).

        Raises
        ------
        NotApplicable
            If too few rows are complete, or an item has the same answer in all of them.
        """
        answers = self.checked()[self.all_items].to_numpy()
        matrix: NDArray[np.float64] = np.corrcoef(answers, rowvar=False)
        return matrix

    def checked(self) -> pd.DataFrame:
        """Return `complete` if something can be correlated; see `correlations` for what raises."""
        if len(self.complete) < FEWEST_ROWS:
            raise NotApplicable(
                say("quality.too_few_complete", count=len(self.complete), fewest=FEWEST_ROWS)
            )
        constant = [item for item in self.all_items if np.ptp(self.complete[item]) == 0]
        if constant:
            raise NotApplicable(say("quality.constant_items", items=", ".join(constant)))
        return self.complete
