"""p-values corrected for the number of tests.

statsmodels has these too, but its function collects garbage at every call, which takes longer than
a whole test where much is in memory.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kamlab.hypotheses.declaration.declaration import Correction

Array = NDArray[np.float64]


def correct(p_values: Array, correction: Correction) -> Array:
    """Return corrected p-values of one family.

    Parameters
    ----------
    p_values : ndarray, shape (tests,)
        Nothing missing.
    correction : {"holm", "bh", "none"}
        Holm's (1979) step-down procedure, or Benjamini & Hochberg's (1995) step-up procedure.

    Examples
    --------
    >>> correct(np.array([0.01, 0.04, 0.02]), "holm").tolist()
    [0.03, 0.04, 0.04]
    """
    if correction == "none":
        return p_values
    count, order = len(p_values), np.argsort(p_values, kind="stable")
    rank = np.arange(count)
    if correction == "holm":
        steps = np.maximum.accumulate((count - rank) * p_values[order])
    else:
        multiplied = count / (rank + 1) * p_values[order]
        steps = np.minimum.accumulate(multiplied[::-1])[::-1]
    found = np.empty(count)
    found[order] = np.minimum(steps, 1.0)
    return found
