"""Did the way of asking make the answers alike: one component, and a marker; over arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]


def first_component_share(correlations: ArrayLike) -> float:
    """Return the share of the items' variance on their first principal component.

    The largest eigenvalue over the number of items: "Harman's single-factor test". A share below
    one half is often taken as good news; it is weak news, for a method effect of ordinary size
    does not show here, and constructs that truly go together do (Podsakoff et al. 2003).

    Parameters
    ----------
    correlations : array_like, shape (p, p)

    Examples
    --------
    >>> first_component_share([[1, 0.5], [0.5, 1]])
    0.75
    """
    matrix = np.asarray(correlations, dtype=float)
    return float(np.linalg.eigvalsh(matrix)[-1] / len(matrix))


def method_correlation(with_marker: ArrayLike) -> float:
    """Return what a marker says of the correlation that the method alone brings.

    The smallest positive correlation of the marker with any of the constructs; 0 if none is
    positive (Lindell & Whitney 2001).

    Parameters
    ----------
    with_marker : array_like, shape (c,)
        Correlations of the marker with the constructs.

    Examples
    --------
    >>> method_correlation([0.3, 0.1, -0.05])
    0.1
    """
    r = np.asarray(with_marker, dtype=float)
    return float(r[r > 0].min(initial=1.0)) if (r > 0).any() else 0.0


def without_method(correlations: ArrayLike, method: float, nobs: int) -> tuple[Floats, Floats]:
    """Return correlations with the method's part taken out, and their p values.

    `r_a = (r - r_m) / (1 - r_m)`, tested by `t = r_a / sqrt((1 - r_a²) / (n - 3))` with
    `n - 3` degrees of freedom (Lindell & Whitney 2001). It takes the method as adding alike to
    every correlation.

    Parameters
    ----------
    correlations : array_like
    method : float
        From `method_correlation`.
    nobs : int
        Rows behind the correlations.

    Examples
    --------
    >>> without_method([0.5], 0.2, 103)[0].round(4).tolist()
    [0.375]
    """
    adjusted = (np.asarray(correlations, dtype=float) - method) / (1 - method)
    free = np.maximum(1 - adjusted**2, np.finfo(float).tiny)
    t = adjusted / np.sqrt(free / (nobs - 3))
    return adjusted, 2 * stats.t.sf(np.abs(t), nobs - 3)
