"""An export with hostile cells and headings: shown to the letter, given back without formulas."""

import csv
import os

import openpyxl
import pytest

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.foundation.errors import DataError
from tests.foundation.html_judge import HOSTILE, Shown, assert_harmless

FORMULA_SIGNS = tuple("=+-@＝＋－＠")


UNKNOWN_SHEET = "memo" if os.name == "nt" else "<b onclick=x>"


@pytest.fixture
def export(tmp_path):
    """A folder in which every cell that can be is hostile, and every kind of mistake is made."""
    accounts = [["account_id", "name", "industry", "employees", *HOSTILE[:3]]]
    for at, name in enumerate(HOSTILE):
        accounts.append([f"{name}{at}", name, name, "10", *3 * [name]])
    accounts.append(["A1", "fine", "x", HOSTILE[0], *3 * [""]])
    accounts.append(["A1", HOSTILE[2], "x", "3", *3 * [""]])
    periods = [["account_id", "period", "start", "end", "stayed", "revenue"]]
    periods += [[name, "2025", "2025-04-01", "2026-03-31", name, name] for name in HOSTILE]
    sheets = {"accounts": accounts, "periods": periods, UNKNOWN_SHEET: [["x"], ["1"]]}
    folder = tmp_path / "export"
    folder.mkdir()
    for title, rows in sheets.items():
        with (folder / f"{title}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return folder


@pytest.fixture
def intake(export):
    return kl.check_company(export)


def test_what_came_in_is_shown_harmlessly(intake, language):
    assert_harmless(intake._repr_html_())
    frames = [intake.tidy(), intake.glance(), intake.augment(), intake.problems(), intake.changes()]
    for frame in [*frames, intake.sheets(), *intake.set_aside().values()]:
        assert_harmless(frame._repr_html_())
        assert_harmless(labelled(frame)._repr_html_())
    bundle, _ = intake.plot().get_figure(root=True)._repr_mimebundle_()
    assert_harmless(bundle["text/html"])


def test_problems_show_the_cell_to_the_letter(intake):
    shown = Shown(intake.problems().to_html()).text
    assert HOSTILE[0] in shown
    assert HOSTILE[1] in shown


def test_an_error_names_the_cell_and_is_plain_text(export, language):
    with pytest.raises(DataError) as caught:
        kl.read_company(export)
    assert HOSTILE[0] in str(caught.value)


@pytest.mark.parametrize("verb", ["write_comments", "write_set_aside"])
def test_what_is_given_back_holds_no_formula(intake, tmp_path, verb):
    path = tmp_path / "back" / "given.xlsx"
    getattr(intake, verb)(path)
    cells = [c for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert [text for text in texts if HOSTILE[2] in text]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [text for text in texts if text.startswith(FORMULA_SIGNS)]
