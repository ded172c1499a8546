"""Tables that are stored once and lent as copies."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

import pandas as pd

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
