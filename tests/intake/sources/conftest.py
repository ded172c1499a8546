"""Workbooks made part by part, as other programs than Excel write them."""

import zipfile
from types import SimpleNamespace

import pytest

from kamlab.intake.sources.workbook import open_workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KNOWN = {"accountid", "name", "顧客id"}


def parts(sheet, strings="", styles="", book=""):
    """Return the parts of a workbook of one sheet."""
    related = {"worksheet": "worksheets/sheet1.xml", "sharedStrings": "/xl/strings.xml"}
    related["styles"] = "styles.xml"
    entries = "".join(
        f'<Relationship Id="r{n}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(related.items())
    )
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATED}">{book}'
        '<sheets><sheet name="accounts" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{entries}</Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}>{sheet}</worksheet>",
        "xl/strings.xml": f"<sst {MAIN}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>",
    }


def packed(path, contents):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def rows(*lines):
    """Return rows of inline strings and numbers, as some programs write them: without places."""

    def cell(value):
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return "<c/>" if value is None else f"<c><v>{value}</v></c>"

    body = "".join(f"<row>{''.join(map(cell, line))}</row>" for line in lines)
    return f"<sheetData>{body}</sheetData>"


@pytest.fixture
def making():
    """Give what makes workbooks: their parts, the archive, rows without places."""
    return SimpleNamespace(parts=parts, packed=packed, rows=rows)


@pytest.fixture
def read(tmp_path):
    def from_parts(sheet, known=KNOWN, **more):
        path = packed(tmp_path / "crm.xlsx", parts(sheet, **more))
        (source,) = open_workbook(path)
        return source.read(known, None)

    return from_parts


@pytest.fixture
def saved(tmp_path):
    def save(book):
        book.save(tmp_path / "crm.xlsx")
        return open_workbook(tmp_path / "crm.xlsx")

    return save
