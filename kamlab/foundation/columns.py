"""The glossary of output columns: every column that a result returns is declared once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import pandas as pd

from kamlab.foundation.language import Text, same, say

SMALLEST_P_SHOWN = 0.001


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
            return str(self.values.get(str(cell), cell))
        return FORMATS[self.format](cell)


def _number(cell: float) -> str:
    return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3f}"


def _p_value(cell: float) -> str:
    return f"<{SMALLEST_P_SHOWN}" if cell < SMALLEST_P_SHOWN else f"{cell:.3f}"


FORMATS: dict[str, Callable[..., str]] = {
    "number": _number,
    "points": lambda cell: f"{cell:.2f}",
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
    """Return every declared output column by name."""
    source = files("kamlab.foundation").joinpath("columns.toml")
    entries = tomllib.loads(source.read_text(encoding="utf-8"))
    columns = {
        name: OutputColumn(
            name=name,
            label=Text.from_toml(entry),
            meaning=Text.from_toml(entry["meaning"]),
            format=entry["format"],
            values={code: Text.from_toml(text) for code, text in entry.get("values", {}).items()},
        )
        for name, entry in entries.items()
    }
    return MappingProxyType(columns)


def column(name: str) -> OutputColumn:
    """Return one declared column; an undeclared one keeps its name and is shown as it stands.

    A declared name that ends in `_` is a family: `residual_` declares `residual_trust` too.
    """
    if name in glossary():
        return glossary()[name]
    for family in (g for g in glossary().values() if g.name.endswith("_")):
        if name.startswith(family.name):
            member = same(name.removeprefix(family.name))
            return replace(family, name=name, label=family.label.put(of=member))
    return OutputColumn(name, same(name), same(name), "text")


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
    columns = [column(name) for name in frame.columns]
    shown = {own.name: [own.show(cell) for cell in frame[own.name]] for own in columns}
    labels = [str(own.label) for own in columns]
    return pd.DataFrame(shown, index=frame.index).set_axis(labels, axis=1)
