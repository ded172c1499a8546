"""Tables that are lent as copies, and arrays that nobody can write to."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def frozen(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values as an array of their own that nobody can write to."""
    array = np.array(values, dtype=float)
    array.flags.writeable = False
    return array


Frame = TypeVar("Frame", pd.DataFrame, pd.DataFrame | None)


class Lent(Generic[Frame]):
    """A table that is stored once and lent as a copy, so that no reader can change its owner.

    pandas copies on write: lending costs microseconds, whatever the size.
    """

    def __set_name__(self, kind: type, name: str) -> None:
        self.slot = f"_{name}"

    def __get__(self, owner: object | None, kind: type) -> Frame:
        # Asked of the class, as `dataclass` does to learn the field's default, it is None.
        frame = None if owner is None else owner.__dict__[self.slot]
        return cast("Frame", None if frame is None else frame.copy(deep=False))

    def __set__(self, owner: object, frame: Frame) -> None:
        owner.__dict__[self.slot] = frame
