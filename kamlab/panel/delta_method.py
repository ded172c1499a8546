"""The delta method: errors of what follows from estimates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEP = 1e-5
"""Of central differences, in standard errors of a parameter, whatever its unit."""


def standard_errors(slopes: Array, covariance: Array) -> Array:
    """Return the root of `s' V s` for every row `s`.

    Parameters
    ----------
    slopes : ndarray, shape (rows, parameters)
        Derivatives of each quantity by the parameters.
    covariance : ndarray, shape (parameters, parameters)
    """
    variance = ((slopes @ covariance) * slopes).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def jacobian(function: Callable[[Array], Array], at: Array, covariance: Array) -> Array:
    """Return the derivatives of a function of a vector, by central differences.

    Parameters
    ----------
    function : callable
    at : ndarray, shape (parameters,)
    covariance : ndarray, shape (parameters, parameters)
        Of the parameters; the derivative by one without error has no meaning.

    Returns
    -------
    ndarray, shape (values, parameters)
    """
    errors = np.sqrt(np.diag(covariance))
    steps = STEP * np.where(errors > 0, errors, 1.0)
    moved = [function(at + step) - function(at - step) for step in np.diag(steps)]
    return np.asarray(np.stack(moved, axis=-1) / (2 * steps))
