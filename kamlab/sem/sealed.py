"""Arrays that nobody can write to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def seal(arrays: Iterable[np.ndarray[Any, Any] | None]) -> None:
    """Let nobody write to these arrays, without copying them."""
    for array in arrays:
        if array is not None:
            array.flags.writeable = False
