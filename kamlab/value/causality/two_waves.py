"""Error of scores in two waves: a respondent's private view lasts, so errors go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.panel.resample import Resample
from kamlab.quality.score_error import ScoreError
from kamlab.quality.scores import respondent_scores

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class TwoWaves:
    """Error of this wave's scores and of the wave before, row by row.

    The error of a score has covariance `C / n`. Between two waves, with `D` the covariance of one
    respondent's error in both, it is `D m / (n n')`, where `m` respondents answered both times.
    `D` is estimated from the products of their differences from the account's mean.

    Attributes
    ----------
    error : ScoreError
        Has `C`.
    now, before, shared : ndarray, shape (rows,)
        `1 / n`, `1 / n'` and `m / (n n')`.
    crossed : ndarray, shape (rows, constructs, constructs)
        Products of differences, added up over the respondents of a row.
    freedom : ndarray, shape (rows,)
        Expected multiple of `D` in them: `m (1 - 1 / n - 1 / n' + m / (n n'))`.
    """

    error: ScoreError
    now: Array
    before: Array
    shared: Array
    crossed: Array
    freedom: Array

    @classmethod
    def of(cls, rows: pd.DataFrame, survey: pd.DataFrame, error: ScoreError) -> TwoWaves:
        """Take the respondents of both waves of every row out of the survey.

        Parameters
        ----------
        rows : DataFrame
            With `account_id`, `wave`, `before_wave`, `n_respondents`, `before_n_respondents`.
        survey : DataFrame
        error : ScoreError

        Raises
        ------
        NotApplicable
            If no account has two respondents in both of two waves.
        """
        names = list(error.constructs)
        keys = ["account_id", "wave"]
        scores = respondent_scores(survey, names).dropna(subset=[*names, *keys])
        groups = scores.groupby(keys)
        off = scores[[*keys, "respondent_id"]].join(scores[names] - groups[names].transform("mean"))
        off["n"] = groups["respondent_id"].transform("size")
        places = rows[[*keys, "before_wave"]].assign(place=np.arange(len(rows)))
        pairs = places.merge(off, on=keys).merge(
            off.rename(columns={"wave": "before_wave"}),
            on=["account_id", "before_wave", "respondent_id"],
            suffixes=("", "_before"),
        )
        place = pairs["place"].to_numpy()
        count = np.bincount(place, minlength=len(rows)).astype(float)
        products = np.einsum(
            "ri,rj->rij",
            pairs[names].to_numpy(),
            pairs[[f"{name}_before" for name in names]].to_numpy(),
        )
        crossed = np.zeros((len(rows), len(names), len(names)))
        np.add.at(crossed, place, (products + products.swapaxes(1, 2)) / 2)
        own = 1 / pairs["n"].to_numpy(dtype=float), 1 / pairs["n_before"].to_numpy(dtype=float)
        each = 1 - own[0] - own[1] + count[place] * own[0] * own[1]
        freedom = np.bincount(place, weights=each, minlength=len(rows)).astype(float)
        if freedom.sum() < 1:
            raise NotApplicable(say("value.probe_nobody_twice"))
        now, before = (
            1 / rows[name].to_numpy(dtype=float)
            for name in ("n_respondents", "before_n_respondents")
        )
        return cls(
            error, now, before, count * now * before, crossed, np.asarray(freedom, dtype=float)
        )

    def summed(
        self, size: int, columns: dict[str, tuple[int, int]], draws: Resample, ids: pd.Series
    ) -> Array:
        """Return the error covariance of all terms, added up over each draw's rows.

        Parameters
        ----------
        size : int
            How many terms there are.
        columns : dict of str to (int, int)
            By construct, where it stands among the terms: now and before.
        draws : Resample
        ids : Series
            The account of every row.

        Returns
        -------
        ndarray, shape (draws, size, size)
        """
        weights, times = draws.of(ids), draws.of(self.error.account_ids)
        one = np.tensordot(times, self.error.crossed, axes=1)
        one = one / (times @ self.error.freedom)[:, None, None]
        lasting = np.tensordot(weights, self.crossed, axes=1)
        lasting = lasting / (weights @ self.freedom)[:, None, None]
        names = list(columns)
        own = [self.error.constructs.index(name) for name in names]
        now, before = (np.array([columns[name][side] for name in names]) for side in (0, 1))
        found = np.zeros((len(weights), size, size))
        for left, right, cell, share in (
            (now, now, one, self.now),
            (before, before, one, self.before),
            (now, before, lasting, self.shared),
            (before, now, lasting, self.shared),
        ):
            part = cell[:, own][:, :, own] * (weights @ share)[:, None, None]
            found[:, left[:, None], right] = part
        return found
