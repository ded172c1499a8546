"""Path models without loops, equation by equation: numbers only.

For a graph without loops and with uncorrelated disturbances, least squares equation by equation
is maximum likelihood; each equation is one regression by statsmodels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

NUMBERS = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]


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
        Rows; free parameters (paths, disturbances, moments of the exogenous variables); moments
        less free parameters.
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
    names = (*(name for name in causes if name not in equations), *equations)
    n_exogenous = len(names) - len(equations)
    values = data[list(names)].to_numpy(dtype=float)
    z = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    direct = np.zeros((len(names), len(names)))
    fits, tables = [], []
    for row, own in enumerate(equations.values(), start=n_exogenous):
        places = [names.index(cause) for cause in own]
        fits.append(sm.OLS(z[:, row], sm.add_constant(z[:, places])).fit())
        tables.append(_path_table(fits[-1], conf_level))
        direct[row, places] = tables[-1][:, 0]
    r_squared = np.array([fit.rsquared for fit in fits])
    observed = np.corrcoef(z, rowvar=False)
    implied = _implied(observed, direct, n_exogenous, r_squared)
    paths = pd.DataFrame(np.vstack(tables), columns=NUMBERS)
    paths.insert(0, "cause", [cause for own in equations.values() for cause in own])
    paths.insert(0, "outcome", np.repeat(list(equations), [len(o) for o in equations.values()]))
    npar = len(paths) + len(equations) + n_exogenous * (n_exogenous + 1) // 2
    return PathFit(
        names=names,
        paths=paths,
        direct=direct,
        r_squared=dict(zip(equations, r_squared.tolist(), strict=True)),
        residuals=pd.DataFrame(np.column_stack([f.resid for f in fits]), columns=list(equations)),
        observed=observed,
        implied=implied,
        nobs=len(z),
        npar=npar,
        df=len(names) * (len(names) + 1) // 2 - npar,
        chisq=len(z) * _discrepancy(observed, implied),
    )


def _path_table(fit: Any, conf_level: float) -> NDArray[np.float64]:
    """Return the numbers of one equation's paths, the constant left aside."""
    columns = (fit.params, fit.bse, fit.tvalues, fit.pvalues, fit.conf_int(alpha=1 - conf_level))
    return np.column_stack(columns)[1:]


def _implied(
    observed: NDArray[np.float64],
    direct: NDArray[np.float64],
    n_exogenous: int,
    r_squared: NDArray[np.float64],
) -> NDArray[np.float64]:
    shocks = np.zeros_like(observed)
    shocks[:n_exogenous, :n_exogenous] = observed[:n_exogenous, :n_exogenous]
    outcomes = np.arange(n_exogenous, len(observed))
    shocks[outcomes, outcomes] = 1 - r_squared
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
