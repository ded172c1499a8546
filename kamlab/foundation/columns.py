"""The glossary of output columns: every column that a result returns is declared once.

A room declares its own in its `columns.toml`; `foundation` has those that several rooms share.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import pandas as pd

from kamlab.foundation.language import Text, same, say

SMALLEST_P_SHOWN = 0.001

ATTRIBUTE = "kamlab.labels"
"""Where a frame's `attrs` carry the words that `with_labels` gave it."""


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of a result's table.

    Parameters
    ----------
    name : str
        The name in the DataFrame, the same in both languages.
    label, meaning : Text
        The heading that people see, and what the column holds.
    format : str
        How a cell is shown; one of `FORMATS`.
    values : mapping of str to Text
        For codes: the words for each value.
    """

    name: str
    label: Text
    meaning: Text
    format: str
    values: Mapping[str, Text] = field(default_factory=dict)

    def show(self, cell: Any) -> str:
        """Return a cell as people see it, in the current language; missing is a dash."""
        if pd.isna(cell):
            return "–"
        if self.format == "code":
            return str(self.values.get(_code(cell), cell))
        # Rows set aside have a user's words where numbers are declared.
        return cell if isinstance(cell, str) else FORMATS[self.format](cell)


def _code(cell: Any) -> str:
    """Return a code as it is declared; a column with missing values has 1.0 where 1 is meant."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _number(cell: float) -> str:
    return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:z.3f}"


def _p_value(cell: float) -> str:
    return f"<{SMALLEST_P_SHOWN}" if cell < SMALLEST_P_SHOWN else f"{cell:z.3f}"


FORMATS: dict[str, Callable[..., str]] = {
    "number": _number,
    "points": lambda cell: f"{cell:z.2f}",
    "digits": lambda cell: f"{cell:.7g}",
    "count": lambda cell: f"{cell:,.0f}",
    "money": lambda cell: f"{cell:,.0f}",
    "percent": lambda cell: f"{cell:.1%}",
    "p_value": _p_value,
    "boolean": lambda cell: str(say("foundation.yes" if cell else "foundation.no")),
    "text": str,
    "code": str,
    "date": lambda cell: f"{cell:%Y-%m-%d}",
}


@cache
def glossary() -> Mapping[str, OutputColumn]:
    """Return every declared output column by name, from the `columns.toml` of every room."""
    return MappingProxyType(gather_columns(files("kamlab")))


def gather_columns(package: Traversable) -> dict[str, OutputColumn]:
    """Return the columns that the rooms of a package declare.

    Raises
    ------
    ValueError
        If a name is declared twice; the message names the rooms.
    """
    columns: dict[str, OutputColumn] = {}
    rooms_of: dict[str, list[str]] = {}
    for room in sorted(package.iterdir(), key=lambda room: room.name):
        source = room.joinpath("columns.toml")
        if not source.is_file():
            continue
        for name, entry in tomllib.loads(source.read_text(encoding="utf-8")).items():
            columns[name] = _declared(name, entry)
            rooms_of.setdefault(name, []).append(room.name)
    twice = [f"{name} ({', '.join(at)})" for name, at in rooms_of.items() if len(at) > 1]
    if twice:
        raise ValueError(f"columns.toml: declare a column in one room only: {'; '.join(twice)}")
    return columns


def _declared(name: str, entry: Mapping[str, Any]) -> OutputColumn:
    return OutputColumn(
        name=name,
        label=Text.from_toml(entry),
        meaning=Text.from_toml(entry["meaning"]),
        format=entry["format"],
        values={code: Text.from_toml(text) for code, text in entry.get("values", {}).items()},
    )


def column(name: str, words: Text | None = None) -> OutputColumn:
    """Return one declared column; an undeclared one keeps its name and is shown as it stands.

    A declared name that ends in `_` is a family: `residual_` declares `residual_trust` too.

    Parameters
    ----------
    name : str
    words : Text, optional
        The column's label; for a member of a family, what it is of.
    """
    if name in glossary():
        declared = glossary()[name]
        return replace(declared, label=words) if words else declared
    families = [start for start in glossary() if start.endswith("_") and name.startswith(start)]
    if not families:
        return OutputColumn(name, words or same(name), words or same(name), "text")
    family = glossary()[max(families, key=len)]
    of = words or same(name.removeprefix(family.name))
    return replace(family, name=name, label=family.label.put(of=of))


def with_labels(frame: pd.DataFrame, labels: Mapping[str, Text]) -> pd.DataFrame:
    """Return a copy of a table that carries words for columns which only its maker knows.

    Parameters
    ----------
    frame : DataFrame
    labels : mapping of str to Text
        By column. For a member of a family, what it is of: the axis of `score_<axis>`.

    Notes
    -----
    The words are in `frame.attrs`, which selections, sorting and `assign` keep and a join with
    another table drops; then the name is shown. They are plain dictionaries there, since a frame
    with other things in its `attrs` cannot be written as Parquet.

    Examples
    --------
    >>> scores = with_labels(pd.DataFrame({"score_a": [4.5]}), {"score_a": Text("Trust", "信頼")})
    >>> labelled(scores).columns.tolist()
    ['Score: Trust']
    """
    labelled_frame = frame.copy()
    labelled_frame.attrs[ATTRIBUTE] = frame.attrs.get(ATTRIBUTE, {}) | {
        name: asdict(label) for name, label in labels.items()
    }
    return labelled_frame


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of a result as people read it, in the current language.

    Parameters
    ----------
    frame : DataFrame
        From `tidy()`, `glance()` or `augment()`.

    Returns
    -------
    DataFrame
        A copy with labels as headings and with cells as text: percentages, money, yes and no.

    Examples
    --------
    >>> labelled(pd.DataFrame({"stay_probability": [0.912]})).iloc[0, 0]
    '91.2%'
    """
    words = {name: Text(**label) for name, label in frame.attrs.get(ATTRIBUTE, {}).items()}
    columns = [column(name, words.get(name)) for name in frame.columns]
    shown = {own.name: [own.show(cell) for cell in frame[own.name]] for own in columns}
    labels = [str(own.label) for own in columns]
    return pd.DataFrame(shown, index=frame.index).set_axis(labels, axis=1)
