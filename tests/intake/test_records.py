"""Records of one table from several workbooks."""

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import kamlab as kl
from kamlab.foundation.errors import DataError
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule

ORDER = (
    ColumnRule("account_id", "ID"),
    ColumnRule("order_id", "注文"),
    ColumnRule("ordered_on", "受注日"),
)
MAPPING = ExportMapping(
    (
        SheetRule("顧客", "accounts", (ColumnRule("account_id", "ID"),)),
        SheetRule("古い", "transactions", ORDER),
        SheetRule("新しい", "transactions", ORDER),
    )
)


@pytest.fixture
def folder(tmp_path):
    """Return a folder of an old workbook of a Mac and a new one, with days as they are given."""

    def write(old, new, old_from_1904=True):
        for name, day in (("古い", old), ("新しい", new)):
            book = Workbook()
            book.active.title = name
            book.active.append(["ID", "注文", "受注日"])
            book.active.append(["A", name, day])
            if name == "古い" and old_from_1904:
                book.epoch = CALENDAR_MAC_1904
            book.save(tmp_path / f"{name}.xlsx")
        (tmp_path / "顧客.csv").write_text("ID\nA\n", encoding="utf-8")
        mapping = [SheetRule("顧客.csv", "accounts", MAPPING.sheets[0].columns)]
        return tmp_path, ExportMapping((*mapping, *MAPPING.sheets[1:]))

    return write


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (44651, "2026-04-01", r"古い \(transactions\), column 受注日: .*from 1904"),
        ("2026-04-01", 46113, r"新しい \(transactions\), column 受注日: .*from 1900"),
    ],
)
def test_bare_numbers_of_days_are_refused_where_two_calendars_meet(folder, old, new, place):
    path, mapping = folder(old, new)
    with pytest.raises(DataError, match=rf"{place}.*Give the column a date format"):
        kl.read_company(path, mapping=mapping)


@pytest.mark.parametrize(
    ("old", "new", "old_from_1904"),
    [("2026-04-01", "2026年4月1日", True), (46113, 46113, False)],
)
def test_days_that_no_calendar_moves_are_joined(folder, old, new, old_from_1904):
    path, mapping = folder(old, new, old_from_1904)
    days = kl.read_company(path, mapping=mapping).transactions["ordered_on"]
    assert days.dt.date.astype(str).tolist() == ["2026-04-01"] * 2
