"""What a fitted model says of accounts: still a customer, and purchases to come, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp
from scipy.stats import norm

from kamlab.foundation.level import tails
from kamlab.panel.delta_method import standard_errors
from kamlab.value.purchases.histories import Floats, Histories
from kamlab.value.purchases.likelihood import Layout


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """What was estimated.

    Attributes
    ----------
    layout : Layout
    theta : ndarray, shape (q,)
    covariance : ndarray, shape (q, q)
        Without the directions in which the log-likelihood is flat.
    """

    layout: Layout
    theta: Floats
    covariance: Floats

    def errors(self, slopes: Floats) -> Floats:
        """Return standard errors, by the delta method, of what has slopes (q, n)."""
        return standard_errors(slopes.T, self.covariance)


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Of `n` histories, each with slopes (q, n) in the estimated parameters.

    Attributes
    ----------
    log_odds, log_odds_slope : ndarray
        Of being a customer still; plus infinity where nobody can have left.
    log_ahead, log_ahead_slope : ndarray
        Logarithm of the expected purchases to come.
    """

    log_odds: Floats
    log_odds_slope: Floats
    log_ahead: Floats
    log_ahead_slope: Floats


def forecast(
    estimates: Estimates, histories: Histories, times: Floats, weights: Floats
) -> Forecast:
    """Forecast the purchases of accounts.

    Parameters
    ----------
    estimates : Estimates
    histories : Histories
    times, weights : ndarray, shape (k,)
        The expectation is the weighted sum of those up to each time; times above 0.
    """
    layout, pieces = estimates.layout, []
    for _, part in histories.chunks():
        logs = layout.logs(estimates.theta, part)
        odds = layout.process.fates(logs, part).log_odds_gone
        ahead, ahead_slope = layout.process.ahead(logs, part, times, weights)
        log_ahead = np.log(ahead) - np.logaddexp(0.0, odds.value)
        slope = ahead_slope / ahead - expit(odds.value) * odds.slope
        pieces.append(
            (-odds.value, layout.spread(-odds.slope, part), log_ahead, layout.spread(slope, part))
        )
    return Forecast(*(np.concatenate(one, axis=-1) for one in zip(*pieces, strict=True)))


def log_total(logs: Floats, slope: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of a sum, shape (1,), and its slopes (q, 1).

    Parameters
    ----------
    logs, counts : ndarray, shape (n,)
        What is summed, as logarithms, and how often each counts.
    slope : ndarray, shape (q, n)
    """
    total = logsumexp(logs, b=counts)
    return np.array([total]), slope @ (counts * np.exp(logs - total))[:, None]


def reach(conf_level: float) -> float:
    """Return how many standard errors a normal interval reaches to either side."""
    return float(norm.ppf(tails(conf_level)[1]))


def log_interval(log_value: Floats, error: Floats, conf_level: float) -> tuple[Floats, Floats]:
    """Return an interval made on the logarithmic scale, so that its ends are above 0."""
    with np.errstate(over="ignore"):  # an endless interval
        ends = [np.exp(log_value + side * reach(conf_level) * error) for side in (-1, 1)]
    return ends[0], ends[1]
