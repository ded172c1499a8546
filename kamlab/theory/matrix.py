"""A correlation or covariance matrix from elsewhere, checked before it is used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, join, same, say

ASYMMETRY_ALLOWED = 1e-8
SMALLEST_EIGENVALUE = 1e-10


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
    missing = [name for name in names if name not in matrix.index or name not in matrix.columns]
    if missing:
        wanted = join([same(name) for name in missing])
        raise ModelError(say("theory.matrix_names", names=wanted))
    values = _filled(matrix.loc[list(names), list(names)].to_numpy(dtype=float))
    problems = list(_problems(values, nobs))
    if problems:
        raise ModelError(say("theory.matrix_bad", problems=join(problems)))
    spread = np.sqrt(np.diag(values))
    return pd.DataFrame(values / np.outer(spread, spread), index=list(names), columns=list(names))


def _filled(values: np.ndarray) -> np.ndarray:
    """Fill an empty half from the other; what is given is never changed."""
    return np.where(np.isnan(values), values.T, values)


def _problems(values: np.ndarray, nobs: int) -> list[Text]:
    if np.isnan(values).any():
        return [say("theory.matrix_gaps", count=int(np.isnan(values).sum()))]
    problems = []
    if np.abs(values - values.T).max() > ASYMMETRY_ALLOWED:
        problems.append(say("theory.matrix_asymmetric"))
    elif (smallest := np.linalg.eigvalsh(values).min()) < SMALLEST_EIGENVALUE:
        problems.append(say("theory.matrix_indefinite", smallest=f"{smallest:.4f}"))
    if nobs <= len(values) + 1:
        problems.append(say("theory.matrix_cases", nobs=nobs, fewest=len(values) + 2))
    return problems
