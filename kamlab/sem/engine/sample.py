"""What the data say: moments of each group, and the blocks that a discrepancy is summed over."""

from __future__ import annotations

from dataclasses import dataclass

from kamlab.sem.engine.structure import Floats, Places


@dataclass(frozen=True, slots=True, eq=False)
class GroupSample:
    """Saturated moments of one group.

    Attributes
    ----------
    cov : ndarray, shape (p, p)
        Divisor n for normal likelihood, n - 1 for Wishart likelihood, GLS and ULS. With missing
        data: maximum-likelihood moments under normality.
    mean : ndarray, shape (p,)
    nobs : int
        Cases used.
    weight : float
        What multiplies the discrepancy in chi-square: n, or n - 1 where the divisor is n - 1.
    rows : ndarray, shape (nobs, p), or None
        The cases, NaN where missing; None if only moments were given.
    """

    cov: Floats
    mean: Floats
    nobs: int
    weight: float
    rows: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Cases of one group that have the same variables.

    Attributes
    ----------
    group : int
        From 0.
    places : ndarray, shape (r,)
        Which observed variables these cases have.
    cov : ndarray, shape (r, r)
        With missing data the divisor is the block's number of cases.
    mean : ndarray, shape (r,)
    weight : float
        Its share in all weights is the block's share in the discrepancy that is minimised. The
        number of cases; for GLS and ULS n - 1, as in lavaan.
    rows : ndarray, shape (cases, r), or None
    """

    group: int
    places: Places
    cov: Floats
    mean: Floats
    weight: float
    rows: Floats | None
