"""Points that may part thousands, as in a file of a country that writes 1.234,56."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from kamlab.accounts.cells.numbers import NUMERIC
from kamlab.accounts.cells.text import as_text

NOWHERE = np.array([], dtype=np.intp)

_GROUP = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9.,])")
_ELSEWHERE = re.compile(r"[0-9]\.[0-9]{3}(?:,[0-9]|\.[0-9]{3})")


def as_misfits(
    where: NDArray[np.intp], values: pd.Series, misfits: Mapping[int, str], changes: pd.Series
) -> tuple[pd.Series, Mapping[int, str], pd.Series]:
    """Return the parts of `Converted` with the cells at `where` told as misfits."""
    values = values.copy()
    values.iloc[where] = np.nan
    told = {**misfits, **dict.fromkeys(where.tolist(), "number_comma")}
    return values, told, changes[~changes.index.isin(where)]


def doubtful_points(kind: str, cells: pd.Series) -> NDArray[np.intp]:
    """Return the positions of cells such as 1.234 that cannot be read as decimals.

    Parameters
    ----------
    kind : str
        Type of the column. Whole numbers have no decimals: among them 3.000 would pass for 3.
    cells : Series
    """
    if kind not in NUMERIC or types.is_numeric_dtype(cells):
        return NOWHERE
    texts = as_text(cells).tolist()
    return may_be_groups(texts) if kind == "integer" or points_part_groups(texts) else NOWHERE


def points_part_groups(texts: Sequence[object]) -> bool:
    """Return whether any text has points between groups of three digits beyond doubt.

    Examples
    --------
    >>> points_part_groups(["1.234,56", "1.500"]), points_part_groups(["1.234", "1.500"])
    (True, False)
    """
    return any(
        isinstance(text, str)
        and "." in text
        and ("," in text or text.count(".") > 1)
        and _ELSEWHERE.search(text) is not None
        for text in texts
    )


def may_be_groups(texts: Sequence[object]) -> NDArray[np.intp]:
    """Return the positions of texts such as 1.234, which may be a thousand times as much.

    Examples
    --------
    >>> may_be_groups(["1.234", "1.23", "0.123", "-12.500", "1234.567"])
    array([0, 3])
    """
    found = [
        at
        for at, text in enumerate(texts)
        if isinstance(text, str) and _has_three_decimals(text) and _is_group(text)
    ]
    return np.array(found, dtype=np.intp)


def _is_group(text: str) -> bool:
    return _GROUP.search(unicodedata.normalize("NFKC", text)) is not None


def _has_three_decimals(text: str) -> bool:
    tail = re.split("[.．]", text, maxsplit=1)[-1] if "．" in text else text.partition(".")[2]
    return tail[:3].isdigit() and len(tail[:3]) == 3 and not tail[3:4].isdigit()
