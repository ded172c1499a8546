"""The partial likelihood of Cox's regression: what follows from who was at risk when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Who was at risk whenever somebody left; made by `risk_sets`.

    Attributes
    ----------
    entry, leave : ndarray, shape (rows,)
        A row is at risk after `entry`, up to and including `leave`.
    event : ndarray of bool, shape (rows,)
    terms : ndarray, shape (rows, terms)
        Centred.
    weights : ndarray, shape (rows,)
        Relative hazards, the largest being one.
    times : ndarray, shape (times,)
        When somebody left.
    step : ndarray of int, shape (events,)
        The place in `times` of every step.
    fraction : ndarray, shape (events,)
        Which part of those who leave counts no more in the step.
    total : ndarray, shape (events,)
        Sum of the weights at risk.
    mean : ndarray, shape (events, terms)
    variance : ndarray, shape (events, terms, terms)
        Weighted mean and covariance of the terms at risk.

    Notes
    -----
    Ties are Efron's (1977): d events at one time take d steps, and in step l, from 0, those who
    leave count with 1 - l / d. There are as many steps as events.
    """

    entry: Array
    leave: Array
    event: NDArray[np.bool_]
    terms: Array
    weights: Array
    times: Array
    step: NDArray[np.intp]
    fraction: Array
    total: Array
    mean: Array
    variance: Array

    def information(self, at: Array | None = None) -> Array:
        """Return the information of the coefficients, each step weighted by `at` if given."""
        weights = np.ones(len(self.step)) if at is None else at
        return np.asarray(np.einsum("e,ejk->jk", weights, self.variance))

    def schoenfeld(self) -> tuple[Array, Array]:
        """Return times and Schoenfeld residuals of the events, in order of time.

        Returns
        -------
        times : ndarray, shape (events,)
        residuals : ndarray, shape (events, terms)
            Terms of the account that left less their mean in the risk set.
        """
        order = np.argsort(self.leave[self.event], kind="stable")
        gone = self.terms[self.event][order]
        return self.times[self.step], gone - self._of_time(self.mean, mean=True)[self.step]

    def score_residuals(self) -> Array:
        """Return each row's part of the score, shape (rows, terms).

        Summed over rows they are zero at the estimates; summed by account, the middle of the
        covariance that is clustered by account.
        """
        rise = 1 / self.total
        slope = self.mean * rise[:, None]
        hazard, hazard_mean = self._until(rise), self._until(slope)
        first, last = (np.searchsorted(self.times, t, "right") for t in (self.entry, self.leave))
        passed, passed_mean = hazard[last] - hazard[first], hazard_mean[last] - hazard_mean[first]
        # Those who leave count less and less in the steps of their own time.
        own = np.searchsorted(self.times, self.leave[self.event])
        passed[self.event] -= self._of_time(self.fraction * rise)[own]
        passed_mean[self.event] -= self._of_time(self.fraction[:, None] * slope)[own]
        part = -self.weights[:, None] * (self.terms * passed[:, None] - passed_mean)
        part[self.event] += self.terms[self.event] - self._of_time(self.mean, mean=True)[own]
        return np.asarray(part)

    def concordance(self) -> float:
        """Return in how many of the comparable pairs the account that left had the higher hazard.

        A pair is an event and a row at risk at that time that did not leave then; equal hazards
        count half. NaN where there is no such pair.
        """
        gone = np.flatnonzero(self.event)
        agreed, pairs = 0.0, 0
        size = max(1, PAIRS_AT_ONCE // len(self.leave))
        for first in range(0, len(gone), size):
            block = gone[first : first + size]
            time, weight = self.leave[block, None], self.weights[block, None]
            longer = (self.leave > time) | ((self.leave == time) & ~self.event)
            other = longer & (self.entry < time)
            agreed += (other & (weight > self.weights)).sum()
            agreed += (other & (weight == self.weights)).sum() / 2
            pairs += int(other.sum())
        return float(agreed / pairs) if pairs else np.nan

    def _of_time(self, values: Array, *, mean: bool = False) -> Array:
        """Return the sum, or the mean, over the steps of each time."""
        starts = np.searchsorted(self.step, np.arange(len(self.times)))
        sums = np.add.reduceat(values, starts, axis=0)
        counts = np.bincount(self.step).reshape(-1, *[1] * (values.ndim - 1))
        return np.asarray(sums / counts if mean else sums)

    def _until(self, values: Array) -> Array:
        """Return sums over all steps of the first 0, 1, ... times."""
        sums = np.cumsum(self._of_time(values), axis=0)
        return np.concatenate([np.zeros_like(sums[:1]), sums])


def risk_sets(
    entry: Array, leave: Array, event: NDArray[np.bool_], terms: Array, coefficients: Array
) -> RiskSets:
    """Return the risk sets of a counting process under some coefficients.

    Parameters
    ----------
    entry, leave : ndarray, shape (rows,)
    event : ndarray of bool, shape (rows,)
        With at least one event.
    terms : ndarray, shape (rows, terms)
    coefficients : ndarray, shape (terms,)
    """
    centred = terms - terms.mean(axis=0)
    predictor = centred @ coefficients
    weights = np.exp(predictor - predictor.max())
    times, deaths = np.unique(leave[event], return_counts=True)
    step = np.repeat(np.arange(len(times)), deaths)
    place = np.arange(len(step)) - np.repeat(np.cumsum(deaths) - deaths, deaths)
    fraction = place / np.repeat(deaths, deaths)
    at_risk = [
        _at_risk(values, entry, leave, times)[step]
        - fraction.reshape(-1, *[1] * (values.ndim - 1)) * _gone(values, leave, event, times)[step]
        for values in _moments(weights, centred)
    ]
    total = at_risk[0]
    mean = at_risk[1] / total[:, None]
    variance = at_risk[2] / total[:, None, None] - mean[:, :, None] * mean[:, None, :]
    return RiskSets(
        entry, leave, event, centred, weights, times, step, fraction, total, mean, variance
    )


def _moments(weights: Array, terms: Array) -> tuple[Array, Array, Array]:
    """Return weights, weighted terms and weighted products of terms, row by row."""
    first = weights[:, None] * terms
    return weights, first, first[:, :, None] * terms[:, None, :]


def _at_risk(values: Array, entry: Array, leave: Array, times: Array) -> Array:
    """Return sums of values over the rows at risk at each time."""
    return _from(values, leave, times) - _from(values, entry, times)


def _from(values: Array, when: Array, times: Array) -> Array:
    """Return sums of values over the rows whose moment is at or after each time."""
    order = np.argsort(when, kind="stable")
    sums = np.cumsum(values[order][::-1], axis=0)[::-1]
    sums = np.concatenate([sums, np.zeros_like(sums[:1])])
    return np.asarray(sums[np.searchsorted(when[order], times, "left")])


def _gone(values: Array, leave: Array, event: NDArray[np.bool_], times: Array) -> Array:
    """Return sums of values over the rows that leave at each time."""
    sums = np.zeros((len(times), *values.shape[1:]))
    np.add.at(sums, np.searchsorted(times, leave[event]), values[event])
    return sums
