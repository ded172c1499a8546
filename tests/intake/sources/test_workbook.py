"""Workbooks as Excel and other programs write them, whole or damaged."""

import datetime as dt
import io

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kamlab.foundation.errors import KamlabError
from kamlab.intake.sources.found import UnreadableSheet
from kamlab.intake.sources.workbook import open_workbook

KNOWN = {"accountid", "name", "顧客id"}
EDITIONS = (
    "schemas.openxmlformats.org/officeDocument/2006",
    "purl.oclc.org/ooxml/officeDocument",
)


def test_hidden_sheets_are_read_and_marked_and_charts_left_out(saved):
    book = Workbook()
    book.active.append(["account_id"])
    for state in ("hidden", "veryHidden"):
        sheet = book.create_sheet(state)
        sheet.append(["account_id"])
        sheet.sheet_state = state
    book.create_chartsheet("chart")
    sources = saved(book)
    assert [source.name for source in sources] == ["Sheet", "hidden", "veryHidden"]
    assert [source.read(KNOWN, None).hidden for source in sources] == [False, True, True]


def test_days_count_from_1904_where_the_workbook_says_so(saved):
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["account_id", "day"])
    book.active.append(["A", dt.datetime(2026, 4, 1)])
    book.active.append(["B", 44651])
    found = saved(book)[0].read(KNOWN, None)
    assert found.epoch_1904
    assert found.cells[1].tolist() == [dt.datetime(2026, 4, 1), 44651]


def test_prefixes_and_the_strict_edition_of_the_standard_are_read(making, tmp_path):
    contents = making.parts(making.rows(["account_id"], ["A-1"]))
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    contents["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{strict}"><x:sheetData>'
        '<x:row><x:c t="str"><x:v>account_id</x:v></x:c></x:row>'
        '<x:row><x:c t="d"><x:v>2026-04-01</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    usual, strict = (f"http://{host}/relationships" for host in EDITIONS)
    contents = {name: text.replace(usual, strict) for name, text in contents.items()}
    (source,) = open_workbook(making.packed(tmp_path / "crm.xlsx", contents))
    assert source.read(KNOWN, None).cells[0].tolist() == [dt.date(2026, 4, 1)]


def test_parts_with_backslashes_and_other_case_are_found(making, tmp_path):
    contents = making.parts(making.rows(["account_id"], ["A-1"]))
    odd = {
        name.replace("/", "\\").replace("sheet1", "Sheet1"): text for name, text in contents.items()
    }
    (source,) = open_workbook(making.packed(tmp_path / "crm.xlsx", odd))
    assert source.read(KNOWN, None).cells[0].tolist() == ["A-1"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/strings.xml", "xl/styles.xml"])
def test_entities_are_refused(making, tmp_path, part):
    contents = making.parts(
        making.rows(["account_id"], ["A-1"]) + '<c t="s"/>', strings="<si><t>x</t></si>"
    )
    contents["xl/worksheets/sheet1.xml"] = contents["xl/worksheets/sheet1.xml"].replace(
        "<sheetData>", '<sheetData><row><c t="s"><v>0</v></c></row>'
    )
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    contents[part] = laughs + contents[part]
    (source,) = open_workbook(making.packed(tmp_path / "crm.xlsx", contents))
    with pytest.raises(UnreadableSheet) as caught:
        source.read(KNOWN, None)
    assert "document type" in caught.value.words["reason"].en


@pytest.mark.parametrize("part", ["xl/workbook.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"])
def test_entities_that_name_files_are_refused_at_once(making, tmp_path, part):
    contents = making.parts(making.rows(["account_id"]))
    contents[part] = '<!DOCTYPE x SYSTEM "file:///etc/hostname">' + contents[part]
    with pytest.raises(KamlabError, match="document type"):
        open_workbook(making.packed(tmp_path / "crm.xlsx", contents))


def test_damage_in_the_archive_is_told(making, tmp_path):
    text = io.BytesIO()
    making.packed(
        text, making.parts(making.rows(["account_id"], *[[f"A-{n}"] for n in range(5000)]))
    )
    content = bytearray(text.getvalue())
    place = content.find(b"sheet1.xml") + 200
    content[place : place + 20] = bytes(20)
    path = tmp_path / "crm.xlsx"
    path.write_bytes(content)
    (source,) = open_workbook(path)
    with pytest.raises(UnreadableSheet) as caught:
        source.read(KNOWN, None)
    assert caught.value.kind == "damaged_sheet"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty \\(0 bytes\\)"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "old Excel format"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html></html>", "not an Excel workbook"),
        (b"PK\x03\x04" + bytes(100), "not an Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_told(tmp_path, content, message):
    path = tmp_path / "crm.xlsx"
    path.write_bytes(content)
    with pytest.raises(KamlabError, match=message):
        open_workbook(path)


def test_a_zip_without_workbook_is_told(making, tmp_path):
    for contents in ({"notes.txt": "x"}, {"[Content_Types].xml": "<Types/>"}):
        with pytest.raises(KamlabError, match="not an Excel workbook"):
            open_workbook(making.packed(tmp_path / "crm.xlsx", contents))
