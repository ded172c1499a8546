"""Which rows come in, and why the others do not: rows read = rows accepted + rows set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.findings import Finding, Sheet, shown
from kamlab.accounts.validate import Checked
from kamlab.foundation.language import Text, say
from kamlab.intake.problems import finding


@dataclass(frozen=True, eq=False)
class Sorted:
    """A table whose rows are accepted or set aside.

    Parameters
    ----------
    sheet : Sheet
    accepted : array of bool, shape (n,)
    reasons : mapping of int to tuple of Text
        For the position of each row set aside, everything that speaks against it.
    """

    sheet: Sheet
    accepted: NDArray[np.bool_]
    reasons: Mapping[int, tuple[Text, ...]]

    @property
    def accepted_sheet(self) -> Sheet:
        """The rows accepted, as a sheet of their own."""
        kept, sheet = self.accepted, self.sheet
        return replace(
            sheet,
            given=sheet.given[kept].reset_index(drop=True),
            typed=sheet.typed[kept].reset_index(drop=True),
            rows=sheet.rows[kept],
            origin=sheet.origin[kept],
        )

    @property
    def table(self) -> pd.DataFrame:
        """The rows accepted, with their declared types."""
        frame = self.sheet.typed[self.accepted].reset_index(drop=True)
        whole = [c.name for c in self.sheet.columns if c.type == "integer" and c.required]
        return frame.astype(dict.fromkeys(whole, "int64"))


def sort_rows(checked: Checked) -> tuple[dict[str, Sorted], list[Finding]]:
    """Set aside every row with an error, and the rows of customers that are set aside.

    Returns
    -------
    sorted : dict of str to Sorted
        By table.
    findings : list of Finding
        About the rows that follow their customer.
    """
    by_table: dict[str, list[Finding]] = {name: [] for name in checked.sheets}
    for each in checked.findings:
        by_table[each.table].append(each)
    accounts = _sorted(checked.sheets.get("accounts"), by_table.get("accounts", []))
    followers: list[Finding] = []
    done: dict[str, Sorted] = {}
    for name, sheet in checked.sheets.items():
        following = [] if accounts is None else list(_followers(sheet, accounts))
        followers += following
        sorted_ = _sorted(sheet, [*by_table[name], *following])
        if sorted_ is not None:
            done[name] = sorted_
    return done, followers


def _sorted(sheet: Sheet | None, findings: list[Finding]) -> Sorted | None:
    if sheet is None:
        return None
    reasons: dict[int, tuple[Text, ...]] = {}
    for each in findings:
        beside = set(each.also.tolist()) - set(each.positions.tolist())
        for at in each.refused.tolist():
            why = say("intake.reason_other_row") if at in beside else each.words(at)[0]
            reasons[at] = (*reasons.get(at, ()), _placed(why, each, sheet, at))
    accepted = np.ones(len(sheet.given), dtype=bool)
    accepted[list(reasons)] = False
    return Sorted(sheet, accepted, dict(sorted(reasons.items())))


def _placed(why: Text, finding_: Finding, sheet: Sheet, at: int) -> Text:
    if not finding_.column:
        return why
    place = sheet.places[int(sheet.origin[at])]
    heading = place.headings.get(finding_.column, finding_.column)
    return say("intake.reason_in_column", column=heading, why=why)


def _followers(sheet: Sheet, accounts: Sorted) -> Iterator[Finding]:
    key = accounts.sheet.spec.key[0]
    if not accounts.sheet.has(key):
        return
    ids = accounts.sheet.typed[key]
    gone = set(ids[~accounts.accepted].dropna()) - set(ids[accounts.accepted])
    for column in sheet.columns:
        if column.refers_to != accounts.sheet.spec.name:
            continue
        cells = sheet.typed[column.name]
        where = np.flatnonzero(cells.isin(gone))

        def words(at: int, cells: pd.Series = cells) -> Mapping[str, object]:
            return {"value": shown(cells.iloc[at])}

        if len(where):
            allow = say("accounts.allowed_known", table=accounts.sheet.spec.name)
            told = finding(sheet.spec.name, "follows", allow, where, words=words)
            yield replace(told, column=column.name, severity="error")
