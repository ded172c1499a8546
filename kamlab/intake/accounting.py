"""Where every row and every change went, as tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlab.accounts.cells.convert import cell_text
from kamlab.accounts.validate import Change
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.intake.records import Records
from kamlab.intake.set_aside import Sorted
from kamlab.intake.sources.found import NoRecord
from kamlab.intake.taking_in import TakenIn

ORIGIN = ["sheet", "excel_row", "reason"]


def by_table(taken: TakenIn) -> pd.DataFrame:
    """Return one row a table with what was read, accepted, set aside and changed."""
    rows = []
    for name, each in taken.tables.items():
        parts = taken.parts(name)
        no_records = sum(len(part.found.no_records) for part in parts)
        rows.append(
            {
                "table": name,
                "rows_read": len(each.accepted) + no_records,
                "rows_accepted": int(each.accepted.sum()),
                "rows_set_aside": int((~each.accepted).sum()) + no_records,
                "rows_blank": sum(part.found.blank_rows for part in parts),
                "cells_changed": len(rules_applied(taken, name)),
                "n_errors": _count(taken, name, "error"),
                "n_warnings": _count(taken, name, "warning"),
            }
        )
    columns = ["table", "rows_read", "rows_accepted", "rows_set_aside", "rows_blank"]
    return pd.DataFrame(rows, columns=[*columns, "cells_changed", "n_errors", "n_warnings"])


def in_total(tables: pd.DataFrame) -> pd.DataFrame:
    """Return the sums over all tables in one row."""
    counts = tables.drop(columns="table").sum().astype(int).to_frame().T
    counts.insert(0, "n_tables", len(tables))
    return counts


def by_row(taken: TakenIn) -> pd.DataFrame:
    """Return one row per row read, in the order of the export."""
    return pd.concat([_fates(taken, name) for name in taken.tables], ignore_index=True)


def changes(taken: TakenIn) -> pd.DataFrame:
    """Return one row per cell that was changed in more than form."""
    parts = [_changed(taken, each) for each in taken.checked.changes if each.table in taken.tables]
    columns = ["table", "sheet", "excel_row", "heading", "column", "was", "became", "rule"]
    filled = [_filled_down(each) for each in taken.records if each.found.filled_down]
    log = pd.concat([pd.DataFrame(columns=columns), *filled, *parts], ignore_index=True)
    words = {rule: str(rule_words(rule)) for rule in log["rule"].unique()}
    return log.assign(rule=log["rule"].map(words))


def set_aside(taken: TakenIn) -> dict[str, pd.DataFrame]:
    """Return the rows set aside of each table as they stood in the export."""
    found = {name: _put_aside(taken, name, each) for name, each in taken.tables.items()}
    return {name: frame for name, frame in found.items() if len(frame)}


def sheets(taken: TakenIn) -> pd.DataFrame:
    """Return one row a sheet: what it is and how it was found."""
    read = [
        {
            "sheet": each.found.name,
            "table": each.rule.table,
            "header_row": each.found.header_row,
            "encoding": each.found.encoding,
            "delimiter": each.found.delimiter,
            "hidden": each.found.hidden,
            "above": " / ".join(each.found.above),
            "not_mapped": join([Text(name, name) for name in each.extra]).en,
        }
        for each in taken.records
    ]
    columns = ["sheet", "table", "header_row", "encoding", "delimiter", "hidden", "above"]
    unread = [{"sheet": name} for name in taken.unread]
    frame = pd.DataFrame([*read, *unread], columns=[*columns, "not_mapped"])
    texts = ["table", "encoding", "delimiter", "above", "not_mapped"]
    return frame.astype({"header_row": "Int64", "hidden": "boolean"}).fillna(
        dict.fromkeys(texts, "")
    )


def rules_applied(taken: TakenIn, *tables: str) -> pd.Series:
    """Return the rule of every row of the log of changes, of all tables or of some."""
    named = tables or tuple(taken.tables)
    parts = [each.rules for each in taken.checked.changes if each.table in named]
    merged = sum(len(r.found.filled_down) for r in taken.records if r.rule.table in named)
    rules: pd.Series = pd.concat([pd.Series(["merged_cell"] * merged, dtype=object), *parts])
    return rules


def rule_words(rule: str) -> Text:
    """Return the words of the rules that changed a cell, which the log joins by "+"."""
    return join([say(f"accounts.rule_{each}") for each in rule.split("+")])


def _count(taken: TakenIn, name: str, severity: str) -> int:
    return sum(
        max(1, len(each.positions))
        for each in (*taken.findings, *taken.followers)
        if each.table == name and each.severity == severity
    )


def _fates(taken: TakenIn, name: str) -> pd.DataFrame:
    each = taken.tables[name]
    records = pd.DataFrame(
        {
            "table": name,
            "sheet": _sheet_names(each),
            "excel_row": each.sheet.rows,
            "accepted": each.accepted,
            "reason": _reasons(each),
        }
    )
    others = [
        {
            "table": name,
            "sheet": part.found.name,
            "excel_row": no.row,
            "accepted": False,
            "reason": str(_why_no_record(no)),
        }
        for part in taken.parts(name)
        for no in part.found.no_records
    ]
    frame = (
        pd.concat([records, pd.DataFrame(others, columns=records.columns)]) if others else records
    )
    order = {part.found.name: at for at, part in enumerate(taken.parts(name))}
    frame = frame.assign(at=frame["sheet"].map(order)).sort_values(["at", "excel_row"])
    texts = dict.fromkeys(("table", "sheet", "reason"), "str")
    return frame.drop(columns="at").astype({"excel_row": "int64", "accepted": bool, **texts})


def _sheet_names(each: Sorted) -> list[str]:
    names = [place.name for place in each.sheet.places]
    return [names[at] for at in each.sheet.origin.tolist()]


def _reasons(each: Sorted) -> list[str]:
    return [
        str(paragraph(each.reasons[at])) if at in each.reasons else ""
        for at in range(len(each.accepted))
    ]


def _why_no_record(no: NoRecord) -> Text:
    return say(f"intake.reason_{no.kind}")


def _changed(taken: TakenIn, change: Change) -> pd.DataFrame:
    sheet = taken.checked.sheets[change.table]
    at = change.rules.index.to_numpy(dtype=np.intp)
    names = np.array([place.name for place in sheet.places], dtype=object)
    headings = np.array(
        [place.headings.get(change.column, change.column) for place in sheet.places], dtype=object
    )
    origin = sheet.origin[at]
    return pd.DataFrame(
        {
            "table": change.table,
            "sheet": names[origin],
            "excel_row": sheet.rows[at],
            "heading": headings[origin],
            "column": change.column,
            "was": _texts(sheet.given[change.column].iloc[at]),
            "became": _texts(sheet.typed[change.column].iloc[at]),
            "rule": change.rules.to_numpy(),
        }
    )


def _filled_down(records: Records) -> pd.DataFrame:
    found = records.found
    ours = {heading: name for name, heading in records.headings.items()}
    cells = [(at, found.headings[column]) for at, column in found.filled_down]
    return pd.DataFrame(
        {
            "table": records.rule.table,
            "sheet": found.name,
            "excel_row": [int(found.rows[at]) for at, _ in cells],
            "heading": [heading for _, heading in cells],
            "column": [ours.get(heading, heading) for _, heading in cells],
            "was": "",
            "became": [
                cell_text(found.cells.iloc[at, column]) or "" for at, column in found.filled_down
            ],
            "rule": "merged_cell",
        }
    )


def _texts(cells: pd.Series) -> list[str]:
    return [cell_text(cell) or "" for cell in cells.tolist()]


def _put_aside(taken: TakenIn, name: str, each: Sorted) -> pd.DataFrame:
    parts = list(_their_rows(taken, name, each))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=ORIGIN)


def _their_rows(taken: TakenIn, name: str, each: Sorted) -> Iterator[pd.DataFrame]:
    reasons = np.array(_reasons(each), dtype=object)
    for at, part in enumerate(taken.parts(name)):
        here = each.sheet.origin == at
        out = ~each.accepted[here]
        rows = part.found.cells[out].set_axis(list(part.found.headings), axis=1)
        origin = {
            "sheet": part.found.name,
            "excel_row": part.found.rows[out],
            "reason": reasons[here][out],
        }
        if len(rows):
            yield pd.concat([pd.DataFrame(origin), rows.reset_index(drop=True)], axis=1)
        no_records = part.found.no_records
        if no_records:
            yield _as_rows(part, no_records)


def _as_rows(part: Records, no_records: tuple[NoRecord, ...]) -> pd.DataFrame:
    """Return rows that are no records; cells of columns without heading follow the others."""
    places = {column: at for at, column in enumerate(part.found.columns)}
    others = sorted({column for no in no_records for column in no.columns} - places.keys())
    places |= {column: at for at, column in enumerate(others, len(places))}
    cells = [[""] * len(places) for _ in no_records]
    for row, no in zip(cells, no_records, strict=True):
        for column, cell in zip(no.columns, no.cells, strict=True):
            row[places[column]] = cell
    names = [*part.found.headings, *(f"+{n}" for n in range(len(others)))]
    frame = pd.DataFrame(cells, columns=names)
    frame.insert(0, "reason", [str(_why_no_record(no)) for no in no_records])
    frame.insert(0, "excel_row", [no.row for no in no_records])
    frame.insert(0, "sheet", part.found.name)
    return frame
