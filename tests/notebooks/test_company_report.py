"""Notebook C2 makes the report of whatever its parameters name."""

import json

import nbformat
import pytest

from tests.notebooks.test_hygiene import NOTEBOOKS
from tools.build_notebooks import execute

C2 = [path for path in NOTEBOOKS if path.name.startswith("C2_")]
NAMES = ["path", "mapping", "language", "accounts", "output"]


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code(path):
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def parameters(path):
    tagged = [c for c in cells(path) if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    return tagged[0]


@pytest.mark.parametrize("path", C2, ids=lambda path: path.name)
def test_the_parameters_stand_in_the_first_code_cell_and_are_plain_values(path):
    assert parameters(path)["id"] == code(path)[0]["id"] == "parameters"
    given = {}
    exec("".join(parameters(path)["source"]), given)
    assert [name for name in given if name != "__builtins__"] == NAMES
    assert given["language"] == ("ja" if ".ja." in path.name else "en")


def test_both_languages_take_the_same_steps():
    one, other = ([cell["id"] for cell in cells(path)] for path in C2)
    assert one == other


@pytest.mark.parametrize("path", C2, ids=lambda path: path.name)
def test_other_parameters_make_another_report(path, tmp_path):
    """As papermill does it: a cell that follows the one with the tag."""
    lines = ["account_id,name,employees", *(f"K-{n},客先{n},{n}0" for n in range(1, 13))]
    (tmp_path / "accounts.csv").write_text("\n".join(lines), encoding="utf-8")
    other = 'path = "accounts.csv"\nlanguage = "ja"\naccounts = ["K-3"]\noutput = "out"'
    notebook = nbformat.read(path, as_version=4)
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "parameters")
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(other))
    execute(notebook, tmp_path)
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    sheets = (tmp_path / "out" / "sheets.html").read_text(encoding="utf-8")
    assert "accounts.csv" in report
    assert "messy_export" not in report
    assert '<html lang="ja">' in report
    assert "K-3 客先3" in sheets
    assert "K-4" not in sheets
