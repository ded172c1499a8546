"""Who an account is, and its facts beside those of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kamlab.accounts.spec import Column
from kamlab.accounts.tables import table
from kamlab.foundation.columns import column, with_labels
from kamlab.foundation.language import Text, same, say
from kamlab.report import page
from kamlab.report.sheets.knowledge import Knowledge, row_of

TRAITS = (
    "industry", "region", "employees", "is_key", "has_contract", "customer_since",
    "share_of_wallet", "manager", "manager_role",
)  # fmt: skip
FACTS = (
    "revenue", "net_margin", "margin_rate", "revenue_growth", "orders_a_year", "acceptance_rate",
    "meetings_a_year", "introductions_a_year", "complaints_a_year", "inbound_share",
    "days_since_contact",
)  # fmt: skip


def traits(known: Knowledge, account: str) -> Iterator[page.Html]:
    """List what the table of customers says of an account."""
    row = row_of(known.accounts, account)
    specs = [table("accounts")[name] for name in TRAITS if name in row]
    pairs = [(spec.label, shown(spec, row[spec.name])) for spec in specs]
    if pairs:
        yield page.facts(pairs)


def beside_others(known: Knowledge, account: str) -> Iterator[page.Html]:
    """Set an account's facts beside the median of the present accounts."""
    compared = compare(known.facts, account, known.present)
    if compared.empty:
        yield page.paragraph(say("report.sheet_no_facts"))
        return
    names = compared.pop("fact")
    cells = compared.apply(lambda row: [*map(column(names[row.name]).show, row)], axis=1)
    shown_rows = pd.DataFrame(cells.tolist(), columns=compared.columns)
    shown_rows.insert(0, "fact", [str(column(name).label) for name in names])
    words = {name: say(f"report.sheet_column_{name}") for name in ("fact", "own", "median")}
    caption = say("report.sheet_facts", count=int(known.present.sum()))
    yield page.table(with_labels(shown_rows, words), caption=caption, to_right=("own", "median"))


def compare(facts: pd.DataFrame, account: str, present: pd.Series) -> pd.DataFrame:
    """Return an account's facts and the median of the present accounts, where either is known.

    Parameters
    ----------
    facts : DataFrame
        By account.
    account : str
    present : Series of bool
        By account.

    Returns
    -------
    DataFrame
        fact, own, median.
    """
    names = [name for name in FACTS if name in facts]
    medians = facts.loc[present, names].median()
    table = pd.DataFrame({"fact": names, "own": facts.loc[account, names].to_numpy(dtype=float)})
    table["median"] = medians.to_numpy(dtype=float)
    return table.dropna(subset=["own", "median"], how="all").reset_index(drop=True)


def shown(spec: Column, value: Any) -> Text:
    """Return a cell of an input table as people read it."""
    if pd.isna(value):
        return say("report.sheet_unknown")
    if spec.type == "boolean":
        return say("foundation.yes" if value else "foundation.no")
    if spec.type == "category":
        return spec.values.get(value, same(value))
    if spec.type == "date":
        return same(f"{value:%Y-%m-%d}")
    if spec.type == "share":
        return same(f"{value:.0%}")
    return same(value if isinstance(value, str) else f"{value:,g}")
