"""Regression calibration: what the true quality is likely to be, given scores with error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import join, same, say
from kamlab.panel.design import Design
from kamlab.quality.score_error import ScoreError

Array = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Moments of the true terms; a leading axis, where there is one, counts draws.

    True quality `x`, seen as `w = x + e` with `Var(e) = C / n`, and what is known without error
    `z` are taken for jointly normal. Then `E[x | w, z] = m + G ((w, z) - m)` with
    `G = Cov(x, (x, z)) Var(w, z)^-1` (Carroll, Ruppert, Stefanski & Crainiceanu, Measurement
    Error in Nonlinear Models, chapter on regression calibration).

    Attributes
    ----------
    places : ndarray, shape (m,)
        The terms that are seen with error.
    varying : ndarray, shape (v,)
        The terms that vary at all.
    centre : ndarray, shape (..., v)
    spread : ndarray, shape (..., v, v)
        Covariance of the true terms: that of the terms seen, less the mean error.
    error : ndarray, shape (..., m, m)
        Error covariance of one respondent.
    """

    places: Places
    varying: Places
    centre: Array
    spread: Array
    error: Array

    @property
    def own(self) -> Places:
        """Where the terms with error stand among those that vary."""
        return np.searchsorted(self.varying, self.places)

    @property
    def sound(self) -> NDArray[np.bool_]:
        """Whether the true terms have a positive variance in every direction."""
        size = np.sqrt(np.abs(np.einsum("...kk->...k", self.spread)))
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = self.spread / size[..., :, None] / size[..., None, :]
        known = np.isfinite(scaled).all(axis=(-1, -2))
        scaled = np.where(known[..., None, None], scaled, 0.0)
        return np.asarray(known & (np.linalg.eigvalsh(scaled)[..., 0] > 0))

    def gain(self, count: float) -> tuple[Array, Array]:
        """Return how a score of `count` respondents is used, and the variance that remains.

        Returns
        -------
        gain : ndarray, shape (..., m, v)
        remaining : ndarray, shape (..., m, m)
        """
        own = self.own
        seen = self.spread.copy()
        seen[..., own[:, None], own] += self.error / count
        cross = self.spread[..., own, :]
        gain = np.swapaxes(np.linalg.solve(seen, np.swapaxes(cross, -1, -2)), -1, -2)
        return gain, cross[..., own] - gain @ np.swapaxes(cross, -1, -2)

    def applied(self, terms: Array, counts: Array) -> Array:
        """Return terms in which scores are replaced by the likely truth.

        Parameters
        ----------
        terms : ndarray, shape (rows, terms)
        counts : ndarray, shape (rows,)
            Respondents behind each row's scores.

        Returns
        -------
        ndarray, shape (..., rows, terms)
        """
        own = self.own
        likely = np.broadcast_to(terms, (*self.centre.shape[:-1], *terms.shape)).copy()
        off = terms[:, self.varying] - self.centre[..., None, :]
        for count in np.unique(counts):
            rows = np.flatnonzero(counts == count)
            gain, _ = self.gain(count)
            moved = off[..., rows, :] @ np.swapaxes(gain, -1, -2)
            likely[..., rows[:, None], self.places] = self.centre[..., None, own] + moved
        return likely

    def variance(self, by: Array, counts: Array) -> Array:
        """Return the variance of a linear predictor that the scores leave open.

        Parameters
        ----------
        by : ndarray, shape (..., terms)
            Coefficients.
        counts : ndarray, shape (rows,)

        Returns
        -------
        ndarray, shape (..., rows)
        """
        own = by[..., self.places]
        open_ = np.empty((*own.shape[:-1], len(counts)))
        for count in np.unique(counts):
            remaining = self.gain(count)[1]
            left = np.einsum("...i,...ij,...j->...", own, remaining, own)
            open_[..., counts == count] = np.maximum(left, 0)[..., None]
        return open_


def calibrate(design: Design, error: ScoreError) -> Calibration:
    """Return the calibration of a design's scores.

    Raises
    ------
    ModelError
        If a construct enters other than on its own (as a product, square or logarithm), or none
        enters, or the table lacks `n_respondents`.
    NotApplicable
        If the error is as large as the differences between accounts.
    """
    entered = [name for name in design.terms.columns if name in error.constructs]
    named = [name for name in design.predictors if name in error.constructs]
    if odd := [name for name in named if name not in entered or name in design.entangled]:
        names = join([same(name) for name in odd])
        raise ModelError(say("panel.error_products", formula=design.formula, names=names))
    if not entered:
        known = join([same(name) for name in error.constructs])
        raise ModelError(say("panel.error_none", formula=design.formula, known=known))
    if "n_respondents" not in design.used or design.used["n_respondents"].isna().any():
        raise ModelError(say("panel.error_counts"))
    places = np.array([design.terms.columns.get_loc(name) for name in entered])
    calibration = moments(design, places, np.ones(len(design.outcome)), _part(error, entered))
    if not calibration.sound:
        raise NotApplicable(say("panel.error_too_large", names=join([same(n) for n in entered])))
    return calibration


def moments(design: Design, places: Places, weights: Array, error: Array) -> Calibration:
    """Return the calibration under weights of the rows.

    Parameters
    ----------
    design : Design
    places : ndarray, shape (m,)
    weights : ndarray, shape (..., rows)
    error : ndarray, shape (..., m, m)
    """
    terms = design.terms.to_numpy()
    varying = np.flatnonzero(np.ptp(terms, axis=0) > 0)
    total = weights.sum(axis=-1)
    anchor = terms[:, varying].mean(axis=0)
    off = terms[:, varying] - anchor
    mean = (weights @ off) / total[..., None]
    products = (off[:, :, None] * off[:, None, :]).reshape(len(off), -1)
    square = (weights @ products / total[..., None]).reshape(*mean.shape, len(varying))
    spread = square - mean[..., :, None] * mean[..., None, :]
    own = np.searchsorted(varying, places)
    counts = design.used["n_respondents"].to_numpy(dtype=float)
    share = (weights @ (1 / counts)) / total
    spread[..., own[:, None], own] -= share[..., None, None] * error
    return Calibration(places, varying, anchor + mean, spread, error)


def _part(error: ScoreError, names: list[str]) -> Array:
    places = [error.constructs.index(name) for name in names]
    return error.covariance[np.ix_(places, places)]
