"""Notebooks are stored executed, and what their text quotes is what their cells print.

nbval compares nothing in a cell without outputs, so a stripped notebook would pass it.
"""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# JupyterLab leaves a copy in `.ipynb_checkpoints` whenever somebody saves.
NOTEBOOKS = [p for p in sorted((ROOT / "notebooks").rglob("*.ipynb")) if "checkpoint" not in p.name]
CHECKED = "nbval-check-output"
BOLD_NUMBER = re.compile(r"\*\*([-+]?[\d,]*\.?\d+%?)\*\*")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(notebook):
    return [c for c in notebook["cells"] if c["cell_type"] == "code" and "".join(c["source"])]


def is_checked(cell):
    return CHECKED in cell["metadata"].get("tags", [])


def unexecuted(notebook):
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    return [n for n, count in enumerate(counts, start=1) if count != n]


def printed(cell):
    return "".join("".join(o.get("text", "")) for o in cell["outputs"])


def quoted_without_source(notebook):
    sources = " ".join(printed(cell) for cell in code_cells(notebook) if is_checked(cell))
    known = set(re.findall(r"[-+]?[\d,]*\.?\d+%?", sources))
    prose = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] != "code")
    return [number for number in BOLD_NUMBER.findall(prose) if number not in known]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_every_cell_was_executed_in_order(path):
    assert unexecuted(read(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_checked_cells_print_something_to_compare(path):
    assert all(printed(cell) for cell in code_cells(read(path)) if is_checked(cell))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_every_number_in_bold_is_printed_by_a_checked_cell(path):
    assert quoted_without_source(read(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_every_shown_figure_has_alt_text(path):
    figures = [
        output
        for cell in code_cells(read(path))
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]
    assert all(figure["metadata"]["image/png"]["alt"] for figure in figures)
    assert all('alt="' in "".join(figure["data"]["text/html"]) for figure in figures)


def small(outputs, count=1, prose="The sum is **4**."):
    metadata = {"tags": [CHECKED]}
    cell = {"cell_type": "code", "id": "sum", "metadata": metadata, "source": ["print(2 + 2)"]}
    cell |= {"execution_count": count, "outputs": outputs}
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": [prose]}
    return {"cells": [cell, text], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def prints(text):
    return [{"output_type": "stream", "name": "stdout", "text": [text]}]


def test_hygiene_sees_an_unexecuted_cell():
    assert unexecuted(small([], count=None)) == [1]


def test_hygiene_sees_a_number_that_no_cell_prints():
    assert quoted_without_source(small(prints("4\n"), prose="It is **5**.")) == ["5"]
    assert quoted_without_source(small(prints("4\n"))) == []


@pytest.mark.parametrize(
    ("notebook", "outcome"),
    [
        (small(prints("4\n")), {"passed": 1}),
        (small(prints("5\n")), {"failed": 1}),
        (small([], count=None), {"passed": 1}),
    ],
    ids=["right number", "wrong number planted", "unexecuted: nbval alone sees nothing"],
)
def test_replay_fails_on_a_wrong_stored_number(pytester, notebook, outcome):
    path = pytester.path / "planted.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    # Once more from the inside, as `make test` does it; the plugins of the outer run stay out.
    result = pytester.runpytest_subprocess(
        "--nbval-lax", "--nbval-current-env", "-p", "no:xdist", "-p", "no:cacheprovider", path
    )
    result.assert_outcomes(**outcome)
