"""What the notebooks on company data promise."""

import json

import pytest

from tests.notebooks.test_hygiene import NOTEBOOKS

FEW_LINES = 10
YOUR_OWN_DATA = [path for path in NOTEBOOKS if path.name.startswith("C1_")]


def sources(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


@pytest.mark.parametrize("path", YOUR_OWN_DATA, ids=lambda path: path.name)
def test_an_export_becomes_a_company_in_under_ten_lines(path):
    cell = sources(path)["read"]
    assert "kl.propose_mapping(" in cell
    assert "company = kl.read_company(" in cell
    assert len(cell.splitlines()) < FEW_LINES


def test_both_languages_take_the_same_steps():
    one, other = (list(sources(path)) for path in YOUR_OWN_DATA)
    assert one == other
