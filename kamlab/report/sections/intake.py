"""What came in, what was set aside and why, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.tables import TABLES, table
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.intake.intake import Intake
from kamlab.report import page
from kamlab.report.phrases import Row, only_row
from kamlab.report.population import Population, called, standing
from kamlab.report.section import Section, made

SHOWN = 10
"""Places of problems that a report lists; the rest are counted."""

ROWS = ["table", "rows_read", "rows_accepted", "rows_set_aside", "n_warnings"]

DAYS = {
    "survey": ("answered_on",),
    "periods": ("start", "end"),
    "transactions": ("ordered_on",),
    "interactions": ("occurred_on",),
}
"""The columns that say which days a table tells of."""


def intake_section(
    company: Company, intake: Intake | None, population: Population | None = None
) -> Section:
    """Say whose accounts the report is about, and what it is made of."""
    lead = [] if population is None else [standing(called(company), population)]
    if intake is None:
        return made("intake", paragraph([*lead, company_came(company)]), _of_company(company))
    lead.append(rows_came(intake.path.name, only_row(intake.glance())))
    lead += money_in_doubt(intake.problems())
    return made("intake", paragraph(lead), _of_intake(intake))


def money_in_doubt(problems: pd.DataFrame) -> list[Text]:
    """Say which doubtful rows touch amounts; nothing if none does.

    Parameters
    ----------
    problems : DataFrame
        From `Intake.problems()`.
    """
    money = {col.name for name in TABLES for col in table(name).columns if col.type == "money"}
    names = problems["column"].astype(str).str.extract(r"(\w+)\)?$", expand=False)
    rows = problems[(problems["severity"] == "warning") & names.isin(money)]
    if rows.empty:
        return []
    first = rows.iloc[0]
    places = {
        "table": first["table"],
        "row": first["row"],
        "problem": first["problem"].rstrip("。"),
    }
    return [say("report.money_doubted", count=len(rows), **places)]


def company_came(company: Company) -> Text:
    """Say how many accounts and rows a company has."""
    rows = sum(len(frame) for frame in company.tables.values())
    return say("report.company_came", accounts=f"{len(company.accounts):,}", rows=f"{rows:,}")


def rows_came(file: str, row: Row) -> Text:
    """Say how many rows were read, accepted and set aside."""
    counts = {"read": "rows_read", "accepted": "rows_accepted", "aside": "rows_set_aside"}
    words = {name: f"{row[of]:,}" for name, of in counts.items()}
    came = say("report.rows_came", file=file, tables=row["n_tables"], **words)
    if not row["n_warnings"]:
        return came
    return paragraph([came, say("report.rows_doubted", count=f"{row['n_warnings']:,}")])


def by_place(problems: pd.DataFrame, severity: str) -> pd.DataFrame:
    """Return problems of one severity, one row per column concerned, the most frequent first.

    Parameters
    ----------
    problems : DataFrame
        From `Intake.problems()`.
    severity : {"error", "warning"}

    Returns
    -------
    DataFrame
        place, n_problems, and of the first one its row and what is wrong.
    """
    chosen = problems[problems["severity"] == severity]
    grouped = chosen.groupby(["table", "column"], sort=False)
    places = grouped.agg(
        n_problems=("problem", "size"), first_row=("row", "first"), problem=("problem", "first")
    ).reset_index()
    places = places.sort_values("n_problems", ascending=False, kind="stable", ignore_index=True)
    return places


def _of_intake(intake: Intake) -> Iterator[page.Html]:
    total = only_row(intake.glance())
    tables = intake.tidy()[ROWS]
    tables["table"] = [str(table(name).label) for name in tables["table"]]
    yield page.table(tables, caption=say("report.intake_rows"))
    if total["cells_changed"]:
        yield page.paragraph(say("report.intake_changed", cells=f"{total['cells_changed']:,}"))
    problems = intake.problems()
    if total["rows_set_aside"]:
        yield page.paragraph(say("report.intake_effect"))
        yield from _places(by_place(problems, "error"), say("report.intake_aside"))
    else:
        yield page.paragraph(say("report.intake_clean"))
    yield from _places(by_place(problems, "warning"), say("report.intake_doubts"))
    yield page.note(intake.notes)


def _places(places: pd.DataFrame, caption: Text) -> Iterator[page.Html]:
    if places.empty:
        return
    yield page.table(places.head(SHOWN), caption=caption)
    if (more := len(places) - SHOWN) > 0:
        yield page.paragraph(say("report.intake_more", count=more))


def _of_company(company: Company) -> Iterator[page.Html]:
    if company.source:
        yield page.paragraph(say("report.company_source", source=company.source))
    rows = [
        {"table": str(table(name).label), "n_rows": len(frame), "span": str(span(name, frame))}
        for name, frame in company.tables.items()
    ]
    yield page.table(pd.DataFrame(rows), caption=say("report.tables_caption"))
    if absent := [table(name).label for name in TABLES if name not in company.tables]:
        yield page.paragraph(say("report.tables_absent", tables=join(absent)))


def span(name: str, frame: pd.DataFrame) -> Text | str:
    """Return the first and the last day that a table tells of; "" if it has none."""
    dated = [frame[column].dropna() for column in DAYS.get(name, ()) if column in frame]
    days = pd.concat(dated) if dated else pd.Series(dtype="datetime64[us]")
    if days.empty:
        return ""
    return say("report.span", first=f"{days.min():%Y-%m-%d}", last=f"{days.max():%Y-%m-%d}")
