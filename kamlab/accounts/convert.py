"""From cells as people type them to typed columns; what does not fit is told, never guessed.

========  ================  =====================================================
type      pandas dtype      cells
========  ================  =====================================================
id        str               any text; widths unified (NFKC), leading zeros kept
text      str               kept to the letter
category  str               a code or one of its labels; becomes the code
number    float64           digits, with or without thousands separators
money     float64           the same
share     float64           the same
rating    float64           the same; halves are allowed
integer   int64, float64    whole numbers; float64 where the column may have gaps
boolean   boolean           TRUE/FALSE, 1/0, yes/no, はい/いいえ, ○/× and the like
date      datetime64[us]    year first; a time of day is kept
========  ================  =====================================================

Blank is missing: NaN, NaT or NA.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from kamlab.accounts.spec import Column, fold

EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number; identifiers from here on have lost some."""

YES = frozenset({"true", "yes", "y", "1", "1.0", "はい", "○", "〇", "◯", "有", "あり"})
NO = frozenset({"false", "no", "n", "0", "0.0", "いいえ", "×", "✕", "無", "なし"})
EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"})

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?(e[+-]?\d+)?|[+-]?\.\d+", re.I)
_SHORTENED_ID = re.compile(r"\d(\.\d+)?e\+\d+|\d{16,}\.0", re.I)
_DAY = re.compile(
    r"(?P<year>\d{4})(?:(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"|年(?P<month_ja>\d{1,2})月(?P<day_ja>\d{1,2})日)"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<fraction>\.\d{1,6})?)?)?"
)
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{4}|\d{2})\b.*")


class Misfit(ValueError):
    """A cell does not fit its type; `args[0]` is the reason, a key in `words.toml`."""


class Converted(NamedTuple):
    """A typed column, and the reason for each position whose cell does not fit."""

    values: pd.Series
    misfits: Mapping[int, str]


def convert(column: Column, cells: pd.Series) -> Converted:
    """Turn a column of cells into typed values.

    Parameters
    ----------
    column : Column
        What the column is declared to be.
    cells : Series
        Strings, values as Excel gives them, or values that have the type already.

    Returns
    -------
    Converted
        Cells that do not fit are missing in `values` and named in `misfits`.

    Examples
    --------
    >>> from kamlab.accounts.tables import table
    >>> amounts = convert(table("transactions")["amount"], pd.Series(["1,200", "n.a."]))
    >>> amounts.values.tolist(), amounts.misfits
    ([1200.0, nan], {1: 'number'})
    """
    if column.type in NUMERIC and types.is_numeric_dtype(cells) and not types.is_bool_dtype(cells):
        return _checked_numbers(column, cells)
    if column.type == "date" and types.is_datetime64_dtype(cells):
        return Converted(cells.astype("datetime64[us]"), {})
    if column.type == "boolean" and types.is_bool_dtype(cells):
        return Converted(cells.astype("boolean"), {})
    return _parsed(cells, _parser(column), DTYPES[column.type])


def infer(cells: pd.Series) -> pd.Series:
    """Type a column that nobody declared: numbers, dates or TRUE/FALSE if all cells are, else text.

    Digits with a leading zero are text, for they are codes rather than numbers.
    """
    texts = [None if is_blank(text) else text for text in as_text(cells)]
    known = {text for text in texts if text is not None}
    if known <= {"TRUE", "FALSE"} and known:
        return _parsed(cells, parse_boolean, DTYPES["boolean"]).values
    for kind, parse in (("number", _parse_plain_number), ("date", parse_date)):
        converted = _parsed(cells, parse, DTYPES[kind])
        if known and not converted.misfits:
            return converted.values
    return pd.Series(texts, index=cells.index, dtype=DTYPES["text"])


def as_text(cells: pd.Series) -> NDArray[np.object_]:
    """Return cells as text, so that a file and a workbook with the same content read alike."""
    if types.infer_dtype(cells, skipna=True) == "string":
        return cells.to_numpy(dtype=object)
    return np.array([cell_text(cell) for cell in cells.tolist()], dtype=object)


def cell_text(cell: object) -> str | None:
    """Return one cell as text: 17.0 is "17", a day is "2026-04-01", missing is None."""
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if isinstance(cell, bool | np.bool_):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float | np.integer | np.floating):
        number = float(cell)
        if np.isnan(number):
            return None
        whole = abs(number) < EXACT_BELOW and number == int(number)
        return str(int(number)) if whole else repr(number)
    if isinstance(cell, datetime):
        midnight = cell.tzinfo is None and cell.time() == datetime.min.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def is_blank(text: object) -> bool:
    """Return whether a cell that was made text is missing or holds nothing but spaces."""
    return not isinstance(text, str) or not text.strip()


def parse_text(text: str) -> str:
    """Keep text to the letter."""
    return text


def parse_id(text: str) -> str:
    """Unify widths and take off spaces around; leading zeros stay."""
    identifier = _plain(text)
    if _SHORTENED_ID.fullmatch(identifier):
        raise Misfit("id_shortened")
    return identifier


def parse_number(text: str) -> float:
    """Read digits with an optional sign, thousands separators and decimals."""
    digits = _plain(text).replace("−", "-")  # the typographic minus, which NFKC leaves alone
    if not _NUMBER.fullmatch(digits):
        raise Misfit("number")
    return float(digits.replace(",", ""))


def parse_integer(text: str) -> float:
    """Read a number that is whole."""
    try:
        number = parse_number(text)
    except Misfit:
        raise Misfit("integer") from None
    if not number.is_integer():
        raise Misfit("integer")
    return number


def parse_share(text: str) -> float:
    """Read a number; a percent sign is refused rather than divided away."""
    try:
        return parse_number(text)
    except Misfit:
        raise Misfit("share") from None


def parse_boolean(text: str) -> bool:
    """Read yes or no in the wordings listed in `YES` and `NO`."""
    word = _plain(text).casefold()
    if word not in YES | NO:
        raise Misfit("boolean")
    return word in YES


def parse_date(text: str) -> datetime:
    """Read a day, with or without a time, that is written with the year first."""
    words = _plain(text)
    match = _DAY.fullmatch(words)
    if match is None:
        if _DAY_OR_MONTH_FIRST.fullmatch(words):
            raise Misfit("date_ambiguous")
        raise Misfit("date_serial" if _NUMBER.fullmatch(words) else "date")
    part = match.groupdict(default="0")
    try:
        return datetime(
            int(part["year"]),
            int(match["month"] or part["month_ja"]),
            int(match["day"] or part["day_ja"]),
            int(part["hour"]),
            int(part["minute"]),
            int(part["second"]),
            round(float(part["fraction"]) * 1_000_000),
        )
    except ValueError:
        raise Misfit("date_impossible") from None


NUMERIC: dict[str, Callable[[str], float]] = {
    "number": parse_number,
    "money": parse_number,
    "rating": parse_number,
    "share": parse_share,
    "integer": parse_integer,
}
PARSERS: dict[str, Callable[[str], object]] = {
    **NUMERIC,
    "id": parse_id,
    "text": parse_text,
    "boolean": parse_boolean,
    "date": parse_date,
}
DTYPES = {
    **dict.fromkeys(NUMERIC, "float64"),
    **dict.fromkeys(("id", "text", "category"), "str"),
    "boolean": "boolean",
    "date": "datetime64[us]",
}


def _parser(column: Column) -> Callable[[str], object]:
    return _category_parser(column) if column.type == "category" else PARSERS[column.type]


def _category_parser(column: Column) -> Callable[[str], object]:
    codes = {
        fold(word): code
        for code, label in column.values.items()
        for word in (code, label.en, label.ja)
    }

    def parse(text: str) -> str:
        code = codes.get(fold(text))
        if code is None:
            raise Misfit("category")
        return code

    return parse


def _parse_plain_number(text: str) -> float:
    if re.match(r"[+-]?0\d", _plain(text)):
        raise Misfit("number")
    return parse_number(text)


def _parsed(cells: pd.Series, parse: Callable[[str], object], dtype: str) -> Converted:
    # Each different text is parsed once: answers and dates repeat thousands of times. Cells are
    # text by now, for `factorize` holds 1, 1.0 and True to be the same.
    codes, texts = pd.factorize(as_text(cells))
    values: list[object] = []
    reasons: dict[int, str] = {}
    for code, text in enumerate(texts):
        try:
            values.append(_parse_cell(text, parse))
        except Misfit as misfit:
            reasons[code] = misfit.args[0]
            values.append(None)
    values.append(None)  # where code -1, which `factorize` gives to missing cells, points to
    typed = pd.Series(values, dtype=dtype).take(codes % len(values)).set_axis(cells.index)
    wrong = np.flatnonzero(np.isin(codes, list(reasons)))
    return Converted(typed, {int(at): reasons[codes[at]] for at in wrong})


def _parse_cell(text: str, parse: Callable[[str], object]) -> object:
    if is_blank(text):
        return None
    if text.strip() in EXCEL_ERRORS:
        raise Misfit("excel_error")
    return parse(text)


def _checked_numbers(column: Column, cells: pd.Series) -> Converted:
    numbers = pd.Series(cells.to_numpy(dtype="float64", na_value=np.nan), index=cells.index)
    wrong = dict.fromkeys(np.flatnonzero(np.isinf(numbers)).tolist(), "infinite")
    if column.type == "integer":
        fraction = np.flatnonzero(np.isfinite(numbers) & (numbers % 1 != 0))
        wrong |= dict.fromkeys(fraction.tolist(), "integer")
    return Converted(numbers.mask(np.isinf(numbers)), wrong)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
