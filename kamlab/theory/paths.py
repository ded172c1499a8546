"""Path models without loops, equation by equation: numbers only.

For a graph without loops and with uncorrelated disturbances, least squares equation by equation
is maximum likelihood; each equation is one regression by statsmodels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

FREE_PER_OUTCOME = 1
"""Every outcome has one free disturbance variance."""


@dataclass(frozen=True, slots=True)
class PathFit:
    """A fitted path model in standard deviations.

    Attributes
    ----------
    names : tuple of str
        The p variables, causes before outcomes.
    paths : DataFrame
        `outcome, cause, estimate, std_error, statistic, p_value, conf_low, conf_high`.
    direct : ndarray, shape (p, p)
        Direct effects; row = outcome, column = cause.
    r_squared : mapping of str to float
        By outcome.
    residuals : DataFrame, shape (rows, outcomes)
        What the causes of each outcome leave unexplained.
    observed, implied : ndarray, shape (p, p)
        Correlations in the data and as the model implies them.
    nobs, npar, df : int
    chisq : float
        `n F`, with F the maximum-likelihood discrepancy.
    """

    names: tuple[str, ...]
    paths: pd.DataFrame
    direct: NDArray[np.float64]
    r_squared: Mapping[str, float]
    residuals: pd.DataFrame
    observed: NDArray[np.float64]
    implied: NDArray[np.float64]
    nobs: int
    npar: int
    df: int
    chisq: float

    @property
    def p_value(self) -> float:
        """Probability of a chi-square at least as large if the model were true."""
        return float(stats.chi2.sf(self.chisq, self.df))

    @property
    def srmr(self) -> float:
        """Root of the mean squared residual correlation, diagonal included."""
        lower = np.tril_indices(len(self.names))
        return float(np.sqrt(np.mean((self.observed - self.implied)[lower] ** 2)))

    @property
    def total(self) -> NDArray[np.float64]:
        """Total effects, `(I - B)^-1 - I`; shape and layout of `direct`."""
        identity = np.eye(len(self.names))
        return np.linalg.inv(identity - self.direct) - identity


def fit_paths(
    data: pd.DataFrame, equations: Mapping[str, Sequence[str]], conf_level: float = 0.95
) -> PathFit:
    """Fit a path model by least squares, equation by equation, on standardised data.

    Parameters
    ----------
    data : DataFrame, shape (rows, variables)
        Complete numbers; columns that no equation names are left aside.
    equations : mapping of str to sequence of str
        Outcome → its causes, every outcome after its causes.
    conf_level : float, default 0.95

    Returns
    -------
    PathFit

    Notes
    -----
    Intervals use Student's t and take the standard deviations as known. The exogenous
    variables correlate freely; disturbances do not.
    """
    causes = dict.fromkeys(cause for some in equations.values() for cause in some)
    exogenous = [name for name in causes if name not in equations]
    names = (*exogenous, *equations)
    z = (data[list(names)] - data[list(names)].mean()) / data[list(names)].std()
    fits = {y: sm.OLS(z[y], sm.add_constant(z[list(x)])).fit() for y, x in equations.items()}

    direct = np.zeros((len(names), len(names)))
    for outcome, own in equations.items():
        row = names.index(outcome)
        direct[row, [names.index(cause) for cause in own]] = fits[outcome].params[list(own)]
    observed = z.corr().to_numpy()
    implied = _implied(observed, direct, len(exogenous), [f.rsquared for f in fits.values()])
    n_paths = sum(len(own) for own in equations.values())
    n_exogenous = len(exogenous) * (len(exogenous) + 1) // 2
    npar = n_paths + FREE_PER_OUTCOME * len(equations) + n_exogenous
    moments = len(names) * (len(names) + 1) // 2
    return PathFit(
        names=names,
        paths=_path_table(fits, equations, conf_level),
        direct=direct,
        r_squared={outcome: float(fit.rsquared) for outcome, fit in fits.items()},
        residuals=pd.DataFrame({outcome: fit.resid for outcome, fit in fits.items()}),
        observed=observed,
        implied=implied,
        nobs=len(z),
        npar=npar,
        df=moments - npar,
        chisq=len(z) * _discrepancy(observed, implied),
    )


def _path_table(
    fits: Mapping[str, sm.regression.linear_model.RegressionResultsWrapper],
    equations: Mapping[str, Sequence[str]],
    conf_level: float,
) -> pd.DataFrame:
    tables = []
    for outcome, own in equations.items():
        fit, causes = fits[outcome], list(own)
        interval = fit.conf_int(alpha=1 - conf_level).loc[causes]
        tables.append(
            pd.DataFrame(
                {
                    "outcome": outcome,
                    "cause": causes,
                    "estimate": fit.params[causes].to_numpy(),
                    "std_error": fit.bse[causes].to_numpy(),
                    "statistic": fit.tvalues[causes].to_numpy(),
                    "p_value": fit.pvalues[causes].to_numpy(),
                    "conf_low": interval[0].to_numpy(),
                    "conf_high": interval[1].to_numpy(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _implied(
    observed: NDArray[np.float64],
    direct: NDArray[np.float64],
    n_exogenous: int,
    r_squared: Sequence[float],
) -> NDArray[np.float64]:
    shocks = np.zeros_like(observed)
    shocks[:n_exogenous, :n_exogenous] = observed[:n_exogenous, :n_exogenous]
    outcomes = np.arange(n_exogenous, len(observed))
    shocks[outcomes, outcomes] = 1 - np.asarray(r_squared)
    spread = np.linalg.inv(np.eye(len(observed)) - direct)
    implied: NDArray[np.float64] = spread @ shocks @ spread.T
    return implied


def _discrepancy(observed: NDArray[np.float64], implied: NDArray[np.float64]) -> float:
    trace = np.trace(np.linalg.solve(implied, observed))
    logs = np.linalg.slogdet(implied)[1] - np.linalg.slogdet(observed)[1]
    return float(logs + trace - len(observed))


def data_with_moments(correlations: pd.DataFrame, nobs: int) -> pd.DataFrame:
    """Return data whose correlations are exactly those given.

    So a published matrix goes through the same regressions as raw data do.

    Parameters
    ----------
    correlations : DataFrame, shape (p, p)
        Positive definite.
    nobs : int
        Number of rows, more than p.

    Returns
    -------
    DataFrame, shape (nobs, p)
        Means 0 and standard deviations 1, up to rounding.
    """
    noise = np.random.default_rng(0).standard_normal((nobs, len(correlations)))
    independent, _ = np.linalg.qr(noise - noise.mean(axis=0))
    spread = np.linalg.cholesky(correlations.to_numpy(dtype=float))
    values = np.sqrt(nobs - 1) * independent @ spread.T
    return pd.DataFrame(values, columns=correlations.columns)
