"""A correlation or covariance matrix from elsewhere, checked before it is used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, join, same, say

ASYMMETRY_ALLOWED = 1e-8
SMALLEST_EIGENVALUE = 1e-10
FEWEST_MORE = 2
"""Cases needed beyond the number of variables."""


def checked_correlations(matrix: pd.DataFrame, names: Sequence[str], nobs: int) -> pd.DataFrame:
    """Return the correlations of the variables wanted.

    Parameters
    ----------
    matrix : DataFrame
        Correlations or covariances with the same names on rows and columns; the lower
        triangle is enough.
    names : sequence of str
        The variables that the model needs.
    nobs : int
        Cases behind the matrix.

    Returns
    -------
    DataFrame, shape (len(names), len(names))

    Raises
    ------
    ModelError
        Listing all that is wrong: names missing, values missing, not symmetric, not positive
        definite, too few cases.
    """
    problems = []
    if nobs < len(names) + FEWEST_MORE:
        problems.append(say("theory.matrix_cases", nobs=nobs, fewest=len(names) + FEWEST_MORE))
    missing = [name for name in names if name not in matrix.index or name not in matrix.columns]
    if missing:
        problems.append(say("theory.matrix_names", names=join([same(name) for name in missing])))
    present = [name for name in names if name not in missing]
    values = _filled(matrix.loc[present, present].to_numpy(dtype=float))
    problems += _about_values(values)
    if problems:
        raise ModelError(say("theory.matrix_bad", problems=join(problems)))
    return pd.DataFrame(_standardised(values), index=present, columns=present)


def _filled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fill an empty half from the other; what is given is never changed."""
    return np.where(np.isnan(values), values.T, values)


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = np.sqrt(np.diag(values))
    return np.asarray(values / np.outer(spread, spread))


def _about_values(values: NDArray[np.float64]) -> list[Text]:
    if np.isnan(values).any():
        return [say("theory.matrix_gaps", count=int(np.isnan(values).sum()))]
    if (np.diag(values) <= 0).any():
        return [say("theory.matrix_indefinite", smallest=f"{np.diag(values).min():.4f}")]
    correlations = _standardised(values)
    if np.abs(correlations - correlations.T).max() > ASYMMETRY_ALLOWED:
        return [say("theory.matrix_asymmetric")]
    if (smallest := np.linalg.eigvalsh(correlations).min()) < SMALLEST_EIGENVALUE:
        return [say("theory.matrix_indefinite", smallest=f"{smallest:.4f}")]
    return []
