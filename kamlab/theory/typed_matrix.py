"""Read a correlation matrix that somebody typed into the form of `template.py`."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from kamlab.foundation.errors import KamlabError, ModelError
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.lent import Lent
from kamlab.sem.cases import need_positive_definite
from kamlab.theory.kmv import NAMES
from kamlab.theory.template import ASKED, COMMENT, FIRST, HEADING, SPREAD

LISTED_AT_MOST = 6
ROUNDED = 1e-9
MINUS_SIGNS = str.maketrans({sign: "-" for sign in "−‐‑–—－ー"})
"""What prints and types as a minus sign; the last is the Japanese long vowel beside it."""


@dataclass(frozen=True, eq=False, repr=False)
class TypedMatrix:
    """A correlation or covariance matrix typed in by hand; made by `read_matrix`.

    Attributes
    ----------
    nobs : int
        Cases behind it.
    source : str
        Where it is from, with page.
    cov : DataFrame
        Covariances if standard deviations were typed too, else correlations.
    """

    nobs: int
    source: str
    cov: Lent[pd.DataFrame] = Lent()

    def __repr__(self) -> str:
        """Return source and size, and that nobody has checked it."""
        return f"{say('theory.typed', source=self.source)}: n = {self.nobs}"


@dataclass(slots=True)
class _Form:
    """What stands in a form, by key, and what is wrong with it so far."""

    asked: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, str], float] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """Cells as spreadsheets name them, by row and column."""
    problems: list[Text] = field(default_factory=list)


def read_matrix(path: str | PathLike[str]) -> TypedMatrix:
    """Read a matrix from a form made by `write_matrix_template`.

    Parameters
    ----------
    path : str or path
        .xlsx or .csv (UTF-8, or cp932 as Japanese Excel writes it).

    Returns
    -------
    TypedMatrix
        For `kl.assess_theory(matrix)`.

    Raises
    ------
    ModelError
        Listing all that is wrong: source, page or number of cases missing; correlations that are
        missing (by row and column), no numbers, or beyond 1; a diagonal that is not 1; halves
        that contradict each other; standard deviations that are incomplete or not positive; a
        matrix that is not positive definite, with the constructs that make it so.
    KamlabError
        If the file cannot be read.

    Notes
    -----
    The lower triangle is enough. Full-width digits, `.53` and any minus sign are understood.
    """
    path = Path(path)
    form = _read_form(_grid(path))
    problems = [*form.problems, *_about_asked(form), *_about_layout(form)]
    values, about_values = _correlations(form)
    spread, about_spread = _spread(form)
    problems += about_values + about_spread
    nobs = _whole(form.asked.get("nobs", ""))
    if not about_values and np.isfinite(values).all():
        problems += _about_definiteness(values)
    if problems:
        lines = say("theory.typed_bad", path=path.name, count=len(problems))
        for problem in problems:
            lines += Text("\n- ", "\n- ") + problem
        raise ModelError(lines)
    cov = pd.DataFrame(values * np.outer(spread, spread), index=NAMES, columns=NAMES)
    source = say("theory.source_and_page", source=form.asked["source"], page=form.asked["page"])
    return TypedMatrix(nobs, str(source), cov)


def _grid(path: Path) -> list[list[object]]:
    if path.suffix.lower() == ".xlsx":
        try:
            closed = io.BytesIO(path.read_bytes())  # the file itself would stay open
            sheet = load_workbook(closed, read_only=True, data_only=True).worksheets[0]
        except (OSError, BadZipFile, KeyError, ValueError) as error:
            raise KamlabError(say("theory.typed_unreadable", path=path)) from error
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KamlabError(say("theory.typed_unreadable", path=path)) from error
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""))]
    raise KamlabError(say("theory.typed_unreadable", path=path))


def _read_form(grid: list[list[object]]) -> _Form:
    form = _Form()
    headings: list[str] = []
    seen: set[str] = set()
    for number, row in enumerate(grid, 1):
        key, cells = (_text(row[0]) if row else ""), [_text(cell) for cell in row[FIRST:]]
        if key in seen:
            form.problems.append(say("theory.typed_twice", heading=key, row=number))
        if key in (*ASKED, *NAMES, SPREAD, HEADING):
            seen.add(key)
        if key in ASKED:
            form.asked[key] = cells[0] if cells else ""
        elif key == HEADING:
            headings = cells
        elif key in (*NAMES, SPREAD):
            _read_row(form, key, dict(zip(headings, cells, strict=False)), number, headings)
        elif key and not key.startswith(COMMENT):
            form.problems.append(say("theory.typed_row", heading=key, row=number))
    return form


def _read_row(
    form: _Form, key: str, cells: Mapping[str, str], number: int, headings: list[str]
) -> None:
    for column, heading in enumerate(headings, FIRST + 1):
        place = f"{get_column_letter(column)}{number}"
        form.places[key, heading] = place
        if not (text := cells.get(heading, "")):
            continue
        try:
            value = float(text.translate(MINUS_SIGNS))
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            form.numbers[key, heading] = value
        else:
            form.problems.append(say("theory.typed_number", place=place, value=text))
            form.numbers[key, heading] = math.nan


def _text(cell: object) -> str:
    """Return a cell as text, widths unified, without the apostrophe that forbids a formula."""
    text = "" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip()
    return text.removeprefix("'")


def _whole(text: str) -> int:
    """Return a whole number, or 0 if it is none."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        text = text.replace(",", "")
    try:
        value = float(text)
    except ValueError:
        return 0
    return int(value) if math.isfinite(value) and value == int(value) else 0


def _about_asked(form: _Form) -> list[Text]:
    problems = [
        say("theory.typed_asked", what=say(f"theory.template_{key}"), line=key)
        for key in ASKED
        if not form.asked.get(key)
    ]
    if (text := form.asked.get("nobs")) and _whole(text) <= len(NAMES):
        problems.append(say("theory.typed_nobs", value=text, fewest=len(NAMES) + 1))
    return problems


def _about_layout(form: _Form) -> list[Text]:
    lacking = [name for name in NAMES if (name, name) not in form.places]
    return [say("theory.typed_lacks", names=join([*map(same, lacking)]))] if lacking else []


def _correlations(form: _Form) -> tuple[np.ndarray, list[Text]]:
    """Return the correlations (12, 12) and what is wrong with them."""
    values = np.eye(len(NAMES))
    gaps: list[Text] = []
    problems: list[Text] = []
    for i, name in enumerate(NAMES):
        if not abs(form.numbers.get((name, name), 1.0) - 1) < ROUNDED:
            place = form.places[name, name]
            problems.append(say("theory.typed_diagonal", place=place, name=name))
        for j, other in enumerate(NAMES[:i]):
            found = [form.numbers.get(pair) for pair in ((name, other), (other, name))]
            known = [value for value in found if value is not None]
            if not known:
                place = form.places.get((name, other), "")
                gaps.append(same(f"{name} × {other}" + (f" ({place})" if place else "")))
                continue
            values[i, j] = values[j, i] = known[0]
            if abs(known[0] - known[-1]) > ROUNDED:
                problems.append(say("theory.typed_halves", row=name, column=other))
            if abs(known[0]) > 1 or abs(known[-1]) > 1:
                value = max(known, key=abs)
                problems.append(say("theory.typed_beyond", row=name, column=other, value=value))
    if gaps:
        problems.insert(0, _about_gaps(gaps))
    return values, problems


def _about_gaps(gaps: list[Text]) -> Text:
    listed = join(gaps[:LISTED_AT_MOST])
    more = len(gaps) - LISTED_AT_MOST
    rest = say("theory.typed_more", count=more) if more > 0 else same("")
    return say("theory.typed_gaps", count=len(gaps), cells=listed) + rest


def _spread(form: _Form) -> tuple[np.ndarray, list[Text]]:
    given = {name: form.numbers[SPREAD, name] for name in NAMES if (SPREAD, name) in form.numbers}
    if not given:
        return np.ones(len(NAMES)), []
    lacking = [name for name in NAMES if name not in given]
    wrong = [name for name, value in given.items() if value <= 0]
    problems = []
    if lacking:
        problems.append(say("theory.typed_some_spread", names=join([*map(same, lacking)])))
    if wrong:
        problems.append(say("theory.typed_spread", names=join([*map(same, wrong)])))
    return np.array([given.get(name, 1.0) for name in NAMES]), problems


def _about_definiteness(values: np.ndarray) -> list[Text]:
    try:
        need_positive_definite(NAMES, values, len(NAMES) + 1)
    except ModelError as error:
        return [error.text]
    return []
