"""Comparison of nested models by their chi-squares."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from scipy.special import chdtrc

from kamlab.sem.inference.indices import rmsea


@dataclass(frozen=True, slots=True)
class Test:
    """Chi-square test of one model.

    Attributes
    ----------
    chisq : float
        Not scaled.
    df : int
    scaling : float
        Scaling factor of the robust test; 1 for the ordinary one.
    """

    __test__ = False  # the name makes pytest take it for a test

    chisq: float
    df: int
    scaling: float = 1.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Chi-square difference test.

    Attributes
    ----------
    chisq, df, p_value : float
        NaN p-value where the models have the same degrees of freedom.
    scaling : float
        Of the difference; NaN where it comes out negative and the test cannot be had.
    rmsea : float
        Of the difference (Savalei, Brace & Fouladi 2023).
    """

    chisq: float
    df: int
    p_value: float
    scaling: float
    rmsea: float


def difference(
    restricted: Test,
    general: Test,
    *,
    n_total: float = nan,
    groups: int = 1,
    mixed_scaling: float | None = None,
) -> Difference:
    """Return the test that the restricted model fits as well as the general one.

    Parameters
    ----------
    restricted, general : Test
        The restricted model is nested in the general one and has at least its degrees of
        freedom.
    n_total : float, optional
        What chi-square is a multiple of; for RMSEA.
    groups : int, default 1
    mixed_scaling : float, optional
        Scaling factor of the general model evaluated at the estimates of the restricted one;
        with it the scaling cannot be negative (Satorra & Bentler 2010).

    Notes
    -----
    `(T0 - T1) / c` with `c = (df0 c0 - df1 c1) / (df0 - df1)`, `T` unscaled (Satorra & Bentler
    2001); without scaling factors the ordinary difference.
    """
    fall, df = restricted.chisq - general.chisq, restricted.df - general.df
    if df == 0:
        return Difference(fall, 0, nan, nan, nan)
    of_general = general.scaling if mixed_scaling is None else mixed_scaling
    # A saturated model has no scaling factor, and needs none.
    taken = general.df * of_general if general.df > 0 else 0.0
    scaling = (restricted.df * restricted.scaling - taken) / df
    if not scaling > 0:
        return Difference(nan, df, nan, nan, nan)
    chisq = fall / scaling
    return Difference(
        chisq,
        df,
        float(chdtrc(df, max(chisq, 0.0))),
        scaling,
        rmsea(chisq, df, n_total, groups).value,
    )
