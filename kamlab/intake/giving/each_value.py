"""Make something of each cell, once for every different value: answers and dates repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def of_each(
    cells: pd.Series, make: Callable[[Any], object], missing: object
) -> NDArray[np.object_]:
    """Return what a function makes of each cell.

    Parameters
    ----------
    cells : Series
    make : function of a value that is not missing
        It must make the same of the same value.
    missing : object
        What stands for a missing cell.

    Returns
    -------
    array of object, shape (n,)

    Examples
    --------
    >>> of_each(pd.Series([1.0, None, 1.0]), repr, "").tolist()
    ['1.0', '', '1.0']
    """
    if cells.dtype == object:  # `factorize` would hold 1, 1.0 and True to be the same
        known = cells.notna().tolist()
        made = [make(c) if is_known else missing for c, is_known in zip(cells, known, strict=True)]
        return np.array([*made, missing], dtype=object)[:-1]
    codes, values = pd.factorize(cells)
    return np.array([*map(make, values.tolist()), missing], dtype=object)[codes]
