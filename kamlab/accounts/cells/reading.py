"""How the cells of one column are to be read, where the user has declared more than its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DateOrder = Literal["ymd", "mdy", "dmy"]


@dataclass(frozen=True)
class Reading:
    """What a user has declared about the cells of a column.

    Parameters
    ----------
    scale : float
        What one unit of a bare number stands for: 1000 where money is in thousands, 0.01 where
        a share is in percent.
    blank : frozenset of str
        Words that mean "no value" here, beside those that always do; also a number such as 99.
    values : mapping of str to str
        The user's word to what it means here: a code of a category, "TRUE" or "FALSE", or the
        number of an answer. Width, case and spaces do not count.
    date_order : {"ymd", "mdy", "dmy"}
        How dates with slashes, dots or dashes are written where the year is not first.
    timezone : str
        Where the day is meant, for times that carry a zone, such as Asia/Tokyo; "" if unknown.
    epoch_1904 : bool
        Whether serial numbers of days count from 1904, as in old workbooks of a Mac.
    currency : str
        Code of the company's currency; an amount that names another one does not fit.
    unit_declared : bool
        Whether the user has said in which unit the column is, be it single yen; only then may
        a cell name another one (a 千円 of its own). True by itself where `scale` is not 1.
    """

    scale: float = 1.0
    blank: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder = "ymd"
    timezone: str = ""
    epoch_1904: bool = False
    currency: str = "JPY"
    unit_declared: bool = False

    def __post_init__(self) -> None:
        """Take a scale other than 1 for declared."""
        if self.scale != 1:
            object.__setattr__(self, "unit_declared", True)


AS_DECLARED = Reading()
"""Nothing beyond the column's own declaration."""
