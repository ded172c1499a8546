"""From cells as people type them to typed columns; what does not fit is told, never guessed.

========  ================  =====================================================
type      pandas dtype      cells
========  ================  =====================================================
id        str               any text; widths unified (NFKC), leading zeros kept
text      str               kept to the letter
category  str               a code or one of its labels; becomes the code
number    float64           digits; separators, ▲, (1,234) and the like are read
money     float64           the same, with ¥ or 円; 千円 if the unit is declared
share     float64           the same; 35% is 0.35
rating    float64           the same; halves are allowed; 5点
integer   int64, float64    whole numbers; float64 where the column may have gaps
boolean   boolean           TRUE/FALSE, 1/0, yes/no, はい/いいえ, ○/× and the like
date      datetime64[us]    year first, eras, Excel's numbers; a time of day is kept
========  ================  =====================================================

Blank is missing: NaN, NaT or NA.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from kamlab.accounts.cells.dates import date_parser, parse_date
from kamlab.accounts.cells.identifiers import parse_id
from kamlab.accounts.cells.numbers import NUMERIC, Bare, all_times, bare_numbers, number_parser
from kamlab.accounts.cells.parsed import Misfit, Parsed
from kamlab.accounts.cells.points import as_misfits, doubtful_points
from kamlab.accounts.cells.reading import AS_DECLARED, Reading
from kamlab.accounts.cells.text import (
    EXACT_BELOW,
    EXCEL_ERRORS,
    as_text,
    cell_text,
    clean,
    is_blank,
    parse_text,
)
from kamlab.accounts.cells.words import category_parser, is_blank_word, parse_boolean
from kamlab.accounts.spec import Column
from kamlab.foundation.nearest import fold

__all__ = [
    "DTYPES",
    "EXACT_BELOW",
    "EXCEL_ERRORS",
    "Converted",
    "Misfit",
    "as_text",
    "cell_text",
    "convert",
    "infer",
    "is_blank",
    "parse_date",
]

DTYPES = {
    **dict.fromkeys(NUMERIC, "float64"),
    **dict.fromkeys(("id", "text", "category"), "str"),
    "boolean": "boolean",
    "date": "datetime64[us]",
}
TO_THE_LETTER = frozenset({"id", "text"})
"""Types in which a word for "no value" may be a value."""

_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float"})
_UNDECLARED_NUMBER = re.compile(
    r"(?!-?0[0-9])-?(?:0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}|[0-9]*\.[0-9]+|[0-9]+\.)"
    r"(?:e[+-][0-9]{2,3})?"
)

Parser = Callable[[str], Parsed]
Bulk = Callable[[list[str]], Bare]


class Converted(NamedTuple):
    """A typed column, and what was done to its cells.

    Parameters
    ----------
    values : Series
        With the index of the cells and the dtype of `DTYPES`.
    misfits : mapping of int to str
        For each position whose cell does not fit, the reason (`what_<reason>` in
        `words.toml`); the value there is missing.
    changes : Series of object
        For each position whose cell was changed in more than form, the names of the rules,
        joined with "+" (see `rules.rule_words`); the index holds the positions.
    """

    values: pd.Series
    misfits: Mapping[int, str]
    changes: pd.Series


def convert(column: Column, cells: pd.Series, reading: Reading = AS_DECLARED) -> Converted:
    """Turn a column of cells into typed values.

    Parameters
    ----------
    column : Column
        What the column is declared to be.
    cells : Series
        Strings, values as Excel gives them, or values that have the type already.
    reading : Reading
        What the user has declared beyond that: a unit, words for "no value", an order of
        day and month.

    Returns
    -------
    Converted
        Cells that do not fit are missing in `values` and named in `misfits`; cells that were
        changed in more than form are named in `changes`. No cell is in both.

    Examples
    --------
    >>> from kamlab.accounts.tables import table
    >>> amounts = convert(table("transactions")["amount"], pd.Series(["▲1,200", "about 50", "7"]))
    >>> amounts.values.tolist(), amounts.misfits, amounts.changes.to_dict()
    ([-1200.0, nan, 7.0], {1: 'number_about'}, {0: 'separators+negative'})
    """
    if not reading.blank and not reading.values:
        if column.type in NUMERIC and _are_numbers(cells):
            return _numbers(column, cells, reading)
        if column.type == "date" and isinstance(cells.dtype, pd.DatetimeTZDtype):
            return _zoned(cells, reading)
        if column.type == "date" and types.is_datetime64_dtype(cells):
            return Converted(cells.astype("datetime64[us]"), {}, _changes({}))
        if column.type == "boolean" and types.is_bool_dtype(cells):
            return Converted(cells.astype("boolean"), {}, _changes({}))
    parse, bulk = _cell_parser(column, reading), None
    if column.type in NUMERIC and not reading.blank and not reading.values:
        bulk = partial(bare_numbers, kind=column.type, reading=reading)
    done = _parsed(cells, parse, DTYPES[column.type], bulk)
    where = doubtful_points(column.type, cells)
    return Converted(*as_misfits(where, *done)) if len(where) else done


def infer(cells: pd.Series) -> pd.Series:
    """Type a column that nobody declared: numbers, dates or TRUE/FALSE if all cells are, else text.

    Codes and telephone numbers are text: 007, +81, 1e5, and integers of 16 digits and more.
    """
    texts = [None if is_blank(text) else text for text in as_text(cells)]
    known = {text for text in texts if text is not None}
    if known <= {"TRUE", "FALSE"} and known:
        return _parsed(cells, _plain(lambda text: text == "TRUE"), DTYPES["boolean"]).values
    for kind, parse in (("number", _undeclared_number), ("date", parse_date)):
        converted = _parsed(cells, _plain(parse), DTYPES[kind])
        if known and not converted.misfits:
            return converted.values
    return pd.Series(texts, index=cells.index, dtype=DTYPES["text"])


def _undeclared_number(text: str) -> float:
    plain, _ = clean(text)
    if not _UNDECLARED_NUMBER.fullmatch(plain):
        raise Misfit("number")
    return float(plain.replace(",", ""))


def _plain(parse: Callable[[str], object]) -> Parser:
    return lambda text: Parsed(None if is_blank(text) else parse(text))


def _cell_parser(column: Column, reading: Reading) -> Parser:
    """Return what reads a cell: what the user declared goes first, words for "no value" last."""
    parse = _to_the_letter(column) if column.type in TO_THE_LETTER else _lenient(column, reading)
    if not reading.blank and not reading.values:
        return parse
    blank = {clean(word)[0].casefold() for word in reading.blank}
    meant = {fold(word): value for word, value in reading.values.items()}
    plainly = _parser(column, AS_DECLARED)

    def parse_declared(text: str) -> Parsed:
        plain, _ = clean(text)
        if plain.casefold() in blank:
            return Parsed(None, "blank_word")
        value = meant.get(fold(plain))
        return parse(text) if value is None else Parsed(plainly(value).value, "own_word")

    return parse_declared


def _to_the_letter(column: Column) -> Parser:
    parse = _parser(column, AS_DECLARED)

    def parse_exact(text: str) -> Parsed:
        plain = text.strip()
        if plain in EXCEL_ERRORS:
            raise Misfit("excel_error")
        parsed = parse(text) if plain else _blank(text)
        return parsed if parsed.value != "" else _blank(text)

    return parse_exact


def _lenient(column: Column, reading: Reading) -> Parser:
    parse = _parser(column, reading)

    def parse_lenient(text: str) -> Parsed:
        try:
            return parse(text)
        except Misfit:
            plain, _ = clean(text)
            if not plain or is_blank_word(plain):
                return _blank(text)
            if plain in EXCEL_ERRORS:
                raise Misfit("excel_error") from None
            raise

    return parse_lenient


def _blank(text: str) -> Parsed:
    return Parsed(None, "blank_word" if text else "")


def _parser(column: Column, reading: Reading) -> Parser:
    if column.type in NUMERIC:
        return number_parser(column.type, reading)
    if column.type == "date":
        return date_parser(reading)
    if column.type == "category":
        return category_parser(column)
    return {"id": parse_id, "text": parse_text, "boolean": parse_boolean}[column.type]


def _parsed(cells: pd.Series, parse: Parser, dtype: str, bulk: Bulk | None = None) -> Converted:
    # Each different text is parsed once: answers and dates repeat thousands of times. Cells are
    # text by now, for `factorize` holds 1, 1.0 and True to be the same.
    codes, texts = pd.factorize(as_text(cells))
    # A last place without a value: code -1, which `factorize` gives to missing cells, points to it.
    values = np.full(len(texts) + 1, None, dtype=object)
    rules = np.full(len(texts) + 1, "", dtype=object)
    reasons: dict[int, str] = {}
    rest = np.arange(len(texts))
    if bulk is not None:
        bare = bulk(texts.tolist())
        done = np.flatnonzero(bare.known)
        values[done], rules[done] = bare.numbers, bare.rules
        rest = np.flatnonzero(~bare.known)
    for code in rest.tolist():
        try:
            values[code], rules[code] = parse(texts[code])
        except Misfit as misfit:
            reasons[code] = misfit.args[0]
    typed = pd.Series(values, dtype=dtype).take(codes % len(values)).set_axis(cells.index)
    wrong = np.flatnonzero(np.isin(codes, list(reasons)))
    changed = np.flatnonzero((rules != "")[codes])
    return Converted(
        typed,
        {int(at): reasons[codes[at]] for at in wrong},
        pd.Series(rules[codes[changed]], index=changed, dtype=object),
    )


def _changes(rules: Mapping[int, str]) -> pd.Series:
    return pd.Series(rules, dtype=object)


def _are_numbers(cells: pd.Series) -> bool:
    if types.is_bool_dtype(cells):
        return False
    return types.is_numeric_dtype(cells) or (
        types.is_object_dtype(cells) and types.infer_dtype(cells, skipna=True) in _NUMBERS
    )


def _numbers(column: Column, cells: pd.Series, reading: Reading) -> Converted:
    given: NDArray[np.float64] = cells.to_numpy(dtype="float64", na_value=np.nan)
    infinite = np.isinf(given)
    numbers = all_times(np.where(infinite, np.nan, given), reading.scale)
    wrong = dict.fromkeys(np.flatnonzero(infinite).tolist(), "infinite")
    fraction = np.zeros(len(given), dtype=bool)
    if column.type == "integer":
        fraction = np.isfinite(numbers) & (numbers % 1 != 0)
        wrong |= dict.fromkeys(np.flatnonzero(fraction).tolist(), "integer")
    values = pd.Series(np.where(fraction, np.nan, numbers), index=cells.index)
    scaled = np.flatnonzero(values.notna()) if reading.scale != 1 else np.array([], dtype=np.intp)
    return Converted(values, wrong, pd.Series("scaled", index=scaled, dtype=object))


def _zoned(cells: pd.Series, reading: Reading) -> Converted:
    known = np.flatnonzero(cells.notna())
    if not reading.timezone:
        missing = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]")
        return Converted(missing, dict.fromkeys(known.tolist(), "date_zone"), _changes({}))
    local = cells.dt.tz_convert(reading.timezone).dt.tz_localize(None)
    changes = pd.Series("timezone", index=known, dtype=object)
    return Converted(local.astype("datetime64[us]"), {}, changes)
