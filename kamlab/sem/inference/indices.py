"""Indices of fit, from chi-square and degrees of freedom of a model and of its baseline."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from scipy.special import chdtrc, chndtr, chndtrinc

CLOSE_FIT = 0.05
"""RMSEA up to which fit counts as close (Browne & Cudeck 1993)."""
NONE_LEFT = 1.5e-8
"""Non-centrality below which two models fit perfectly and CFI is one, as in lavaan."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Scaling factors of a robust test.

    Attributes
    ----------
    model, baseline : float
        What chi-square of the model and of the baseline model are divided by.
    complete : tuple of 4 float, optional
        With missing data: chi-square and scaling of the model, chi-square and scaling of the
        baseline model, had there been no gaps (Zhang & Savalei 2023); for the robust indices.
    """

    model: float
    baseline: float
    complete: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Rmsea:
    """Root mean square error of approximation, its interval and the p-value of close fit."""

    value: float
    low: float
    high: float
    p_close: float


@dataclass(frozen=True, slots=True)
class Indices:
    """What chi-square, degrees of freedom and their baseline give.

    Attributes
    ----------
    chisq, df, p_value : float
    chisq_baseline, df_baseline, p_value_baseline : float
    cfi, tli, nfi, pnfi : float
    rmsea : Rmsea
    """

    chisq: float
    df: int
    p_value: float
    chisq_baseline: float
    df_baseline: int
    p_value_baseline: float
    cfi: float
    tli: float
    nfi: float
    pnfi: float
    rmsea: Rmsea


@dataclass(frozen=True, slots=True)
class RobustIndices:
    """CFI, TLI and RMSEA that estimate their population values without normality."""

    cfi: float
    tli: float
    rmsea: Rmsea


def indices(
    model: tuple[float, int],
    baseline: tuple[float, int],
    size: float,
    groups: int = 1,
    conf_level: float = 0.90,
) -> Indices:
    """Return indices from chi-square and degrees of freedom of a model and of its baseline.

    Parameters
    ----------
    model, baseline : tuple of float and int
    size : float
        What chi-square is a multiple of: cases, or cases less groups.
    """
    (chisq, df), (chisq_0, df_0) = model, baseline
    nfi = np.nan if df > df_0 or chisq_0 < NONE_LEFT else 1 - chisq / chisq_0
    return Indices(
        chisq=chisq,
        df=df,
        p_value=_tail(chisq, df),
        chisq_baseline=chisq_0,
        df_baseline=df_0,
        p_value_baseline=_tail(chisq_0, df_0),
        cfi=_cfi(chisq - df, chisq_0 - df_0),
        tli=_tli(chisq - df, df, chisq_0 - df_0, df_0),
        nfi=nfi if df > 0 else 1.0,
        pnfi=df / df_0 * (1 - chisq / chisq_0) if df_0 > 0 and chisq_0 > 0 else np.nan,
        rmsea=rmsea(chisq, df, size, groups, conf_level),
    )


def _tail(chisq: float, df: float) -> float:
    return float(chdtrc(df, chisq)) if df > 0 else np.nan


def _scaled(chisq: float, factor: float) -> float:
    return chisq / factor if factor > 0 else np.nan


def _cfi(excess: float, excess_0: float) -> float:
    if not (isfinite(excess) and isfinite(excess_0)):
        return np.nan
    most = max(excess, excess_0, 0.0)
    return 1.0 if most < NONE_LEFT else 1 - max(excess, 0.0) / most


def _tli(excess: float, df: float, excess_0: float, df_0: float) -> float:
    if df <= 0 or excess_0 == 0:
        return 1.0
    return 1 - excess * df_0 / (excess_0 * df)


def rmsea(
    chisq: float,
    df: float,
    size: float,
    groups: int = 1,
    conf_level: float = 0.90,
    scaling: float = 1.0,
) -> Rmsea:
    """Return RMSEA with its interval (Steiger & Lind 1980; `sqrt(G)` for G groups).

    Parameters
    ----------
    chisq, df : float
        The limits come from the non-central chi-square distribution of `chisq`.
    scaling : float
        With `chisq` already scaled: brings non-centrality back to the population's.
    """
    if not (isfinite(chisq) and isfinite(df)):
        return Rmsea(np.nan, np.nan, np.nan, np.nan)
    if df <= 0:
        return Rmsea(0.0, 0.0, 0.0, np.nan)
    unit = scaling * groups / (size * df)
    tail = (1 - conf_level) / 2
    low = _noncentrality(chisq, df, 1 - tail, chisq)
    high = _noncentrality(chisq, df, tail, max(size, 4 * chisq))
    p_close = 1 - float(chndtr(chisq, df, CLOSE_FIT**2 / unit))
    return Rmsea(sqrt(unit * max(chisq - df, 0.0)), sqrt(unit * low), sqrt(unit * high), p_close)


def _noncentrality(chisq: float, df: float, probability: float, most: float) -> float:
    """Return the non-centrality at which `chisq` has this probability below it; 0 if none has."""
    if chndtr(chisq, df, 0.0) <= probability:
        return 0.0
    found = float(chndtrinc(chisq, df, probability))
    return found if found < most else 0.0


def without_p_values(plain: Indices) -> Indices:
    """Drop p-values of a chi-square whose distribution is not known."""
    values = {name: getattr(plain, name) for name in Indices.__slots__}
    return Indices(**values | {"p_value": np.nan, "p_value_baseline": np.nan})


def scaled_indices(
    plain: Indices, scaling: Scaling, size: float, groups: int, conf_level: float
) -> Indices:
    """Return indices from scaled chi-squares (Satorra & Bentler 1994).

    RMSEA and its limits come from the plain chi-square with `c df` degrees of freedom, as in
    lavaan. A factor that is estimated at 0 or below, as may happen with clusters, scales nothing:
    what needs it is missing.
    """
    chisq, chisq_0 = plain.chisq, _scaled(plain.chisq_baseline, scaling.baseline)
    if plain.df > 0:
        chisq = _scaled(plain.chisq, scaling.model)
    found = indices((chisq, plain.df), (chisq_0, plain.df_baseline), size, groups, conf_level)
    values = {name: getattr(found, name) for name in Indices.__slots__}
    trace = scaling.model * plain.df if plain.df > 0 else np.nan
    return Indices(**values | {"rmsea": rmsea(plain.chisq, trace, size, groups, conf_level)})


def robust_indices(
    plain: Indices, scaling: Scaling, size: float, groups: int, conf_level: float
) -> RobustIndices:
    """Return indices from `chisq - c df` (Brosseau-Liard & Savalei 2014; Savalei 2018)."""
    df, df_0 = plain.df, plain.df_baseline
    chisq, factor, chisq_0, factor_0 = scaling.complete or (
        plain.chisq,
        scaling.model,
        plain.chisq_baseline,
        scaling.baseline,
    )
    if df <= 0:
        return RobustIndices(1.0, 1.0, rmsea(chisq, df, size, groups, conf_level))
    excess, excess_0 = chisq - factor * df, chisq_0 - factor_0 * df_0
    return RobustIndices(
        cfi=_cfi(excess, excess_0),
        tli=_tli(excess, df, excess_0, df_0),
        rmsea=rmsea(chisq / factor, df, size, groups, conf_level, factor),
    )
