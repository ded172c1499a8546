"""No file that kamlab writes makes a spreadsheet run what stands in the data."""

import ast
import csv
import dataclasses
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import kamlab
import kamlab as kl
from kamlab.foundation.errors import DataWarning

PACKAGE = Path(kamlab.__file__).parent
WRITES_SHEETS = {"to_csv", "to_excel", "Workbook", "writer", "DictWriter"}
NO_DATA = {
    "theory/template.py",
    *(f"intake/giving/template{part}.py" for part in ("", "_help", "_tables")),
    "intake/giving/data_dictionary.py",
}
"""They write words of kamlab's own and nothing that came in."""
GUARDS = {"guard", "write_cell"}
FORMULA_SIGNS = tuple("=+-@\t\r＝＋－＠")

DANGEROUS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    '=HYPERLINK("//example.org","x")',
)


def names_in(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.split(".")[-1]


WRITERS = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if WRITES_SHEETS & set(names_in(path)) and path.relative_to(PACKAGE).as_posix() not in NO_DATA
]


def test_there_are_modules_that_write_sheets():
    assert [path.name for path in WRITERS if path.name == "write.py"]


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.name)
def test_a_module_that_writes_sheets_guards_them(path):
    assert GUARDS & set(names_in(path)), "put text through kamlab.intake.giving.escaping.guard"


@pytest.fixture(scope="module")
def dangerous():
    company = kl.simulate_company(n_accounts=40, seed=5)
    texts = [f"{DANGEROUS[at % len(DANGEROUS)]}" for at in range(len(company.accounts))]
    accounts = company.accounts.assign(name=texts, industry=texts, **{"=2+2": texts})
    contacts = company.contacts.assign(name=DANGEROUS[0], function=DANGEROUS[5])
    return dataclasses.replace(company, accounts=accounts, contacts=contacts, name=DANGEROUS[0])


def test_no_cell_of_a_written_folder_begins_a_formula(dangerous, tmp_path):
    folder = kl.write_company(dangerous, tmp_path / "company")
    cells = 0
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    cells += 1
                    number = cell[:1] in "+-" and cell[1:].replace(".", "").isdigit()
                    assert number or not cell.startswith(FORMULA_SIGNS), (file.name, cell)
    assert cells > 10_000


def test_no_cell_of_a_written_workbook_is_a_formula(dangerous, tmp_path):
    path = kl.write_company(dangerous, tmp_path / "company.xlsx")
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not [text for text in texts if text.startswith(FORMULA_SIGNS)]


def test_a_written_workbook_holds_no_formulas_links_or_macros(dangerous, tmp_path):
    path = kl.write_company(dangerous, tmp_path / "company.xlsx")
    with zipfile.ZipFile(path) as book:
        assert not [n for n in book.namelist() if "external" in n.lower() or "vba" in n.lower()]
        sheets = [book.read(n) for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]


@pytest.mark.parametrize("name", ["company", "company.xlsx"])
def test_what_was_guarded_comes_back_to_the_letter(dangerous, tmp_path, name):
    path = kl.write_company(dangerous, tmp_path / name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # of the undeclared column
        again = kl.read_company(path)
    for column in ("name", "industry", "=2+2"):
        pd.testing.assert_series_equal(again.accounts[column], dangerous.accounts[column])
