"""The data dictionary as people read it: every input column, with an example."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd

from kamlab.accounts.cells.convert import cell_text
from kamlab.accounts.simulate import simulate_company
from kamlab.accounts.spec import Column
from kamlab.accounts.tables import TABLES, dictionary, table
from kamlab.foundation.language import say

SEED, ACCOUNTS = 1, 10
"""The simulated company from which the examples are."""


def data_dictionary() -> pd.DataFrame:
    """Return every input column as text, headings and words in the current language.

    Returns
    -------
    DataFrame
        One row a column: table, label, column, type, compulsory or not, unit, what is allowed,
        meaning, example.

    Examples
    --------
    >>> data_dictionary().iloc[0, [0, 1, 8]].tolist()
    ['Accounts', 'Account ID', 'A-001']
    """
    words = dictionary()
    specs = [(name, column) for name in TABLES for column in table(name).columns]
    yes = str(say("foundation.yes"))
    columns = {
        "table": words["table"].map({name: str(table(name).label) for name in TABLES}),
        "label": words["label"],
        "column": words["column"],
        "type": words["type"],
        "required": [yes if needed else "" for needed in words["required"]],
        "unit": words["unit"],
        "allowed": words["allowed"],
        "meaning": words["meaning"],
        "example": [_shown(spec, _value(name, spec.name)) for name, spec in specs],
    }
    return pd.DataFrame(
        {str(say(f"intake.dictionary_{name}")): cells for name, cells in columns.items()}
    )


def as_csv() -> str:
    """Return the dictionary as CSV, in the current language."""
    words = data_dictionary()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(words.columns)
    writer.writerows(words.itertuples(index=False))
    return text.getvalue()


def as_page() -> str:
    """Return the dictionary as a page of Markdown, a section a table, in the current language."""
    words = data_dictionary()
    of_table, *rest = words.columns
    lines = [f"# {say('intake.dictionary_title')}", "", str(say("intake.dictionary_intro"))]
    for name in TABLES:
        spec = table(name)
        rows = words.loc[words[of_table] == str(spec.label), rest]
        key = " + ".join(f"`{column}`" for column in spec.key)
        about = say("intake.dictionary_about", row=spec.row, columns=key)
        lines += ["", f"## {spec.label} (`{name}`)", "", str(about), ""]
        lines += [_row(rest), _row(["---"] * len(rest))]
        lines += [_row(record) for record in rows.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", r"\|") for cell in cells) + " |"


def _shown(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.values:
        return str(column.values[value])
    if column.type == "boolean":
        return str(say("foundation.yes" if value else "foundation.no"))
    return cell_text(round(value) if column.type == "money" else value) or ""


@cache
def _examples() -> dict[str, pd.DataFrame]:
    return dict(simulate_company(seed=SEED, n_accounts=ACCOUNTS).tables)


def _value(table_name: str, column: str) -> Any:
    """Return the first value of a column of a simulated company, None if it has none."""
    frame = _examples()[table_name]
    values = frame[column].dropna().tolist() if column in frame else []
    return values[0] if values else None
