"""A correlation matrix typed into the form: read back, or refused with all that is wrong."""

import csv
import re

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import kamlab as kl
from kamlab.foundation.language import use_language
from kamlab.theory.kmv import NAMES
from tests.theory.populations import implied_correlations

SOURCE, PAGE, NOBS = "Simulated for a test", "p. 7, Table 2", 204
SPREAD = 1 + np.arange(12) / 10
TYPED = implied_correlations().loc[list(NAMES), list(NAMES)].round(3)


class Form:
    """A form with every cell typed; tests change some before it is saved."""

    def __init__(self, path):
        self.path = path
        kl.theory.write_matrix_template(path, overwrite=True)
        with path.open(encoding="utf-8-sig", newline="") as stream:
            self.rows = [[*row, *[""] * (14 - len(row))] for row in csv.reader(stream)]
        for key, value in {"source": SOURCE, "page": PAGE, "nobs": NOBS}.items():
            self.type(key, 0, value)
        for i, name in enumerate(NAMES):
            for j in range(i):
                self.type(name, j, TYPED.iloc[i, j])

    def row(self, key):
        return next(row for row in self.rows if row[0] == key)

    def type(self, key, column, value):
        place = NAMES.index(column) if isinstance(column, str) else column
        self.row(key)[2 + place] = value

    def save(self, encoding="utf-8-sig"):
        with self.path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows(self.rows)
        return self.path

    def read(self):
        return kl.theory.read_matrix(self.save())

    def problems(self):
        with pytest.raises(kl.ModelError) as caught:
            self.read()
        return str(caught.value).split("\n- ")[1:]


@pytest.fixture
def form(tmp_path):
    return Form(tmp_path / "matrix.csv")


def test_what_was_typed_is_read(form):
    matrix = form.read()
    np.testing.assert_allclose(matrix.cov.loc[list(NAMES), list(NAMES)], TYPED)
    assert matrix.nobs == NOBS
    assert SOURCE in matrix.source
    assert PAGE in matrix.source


def test_standard_deviations_make_covariances(form):
    for place, value in enumerate(SPREAD):
        form.type("std_dev", place, value)
    np.testing.assert_allclose(form.read().cov, TYPED * np.outer(SPREAD, SPREAD))


@pytest.mark.parametrize("spread", [False, True])
def test_a_typed_matrix_is_assessed_and_its_citation_printed(form, spread, language):
    if spread:
        for place, value in enumerate(SPREAD):
            form.type("std_dev", place, value)
    found = kl.assess_theory(form.read())
    np.testing.assert_allclose(abs(found.tidy()["estimate"]), 0.30, atol=0.01)
    assert found.glance()["nobs"].item() == NOBS
    unchecked = {"en": "not checked by kamlab", "ja": "kamlabは確認していません"}[language]
    for text in (found.report(), str(found.summary()), repr(form.read())):
        assert SOURCE in text
        assert PAGE in text
        assert unchecked in text
    assert SOURCE in "".join(words.get_text() for words in found.diagram().texts)


def test_a_typed_matrix_brings_its_own_size_and_source(form, language):
    for more in ({"nobs": 9}, {"source": "mine"}, {"cov": TYPED}):
        with pytest.raises(kl.ModelError):
            kl.assess_theory(form.read(), **more)


def test_the_readers_matrix_stays_as_it_was_read(form):
    matrix = form.read()
    lent = matrix.cov
    lent.iloc[0, 0] = 9.0
    assert matrix.cov.iloc[0, 0] == 1.0


@pytest.mark.parametrize("language_of_form", ["en", "ja"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_empty_form_asks_for_everything_in_either_language(tmp_path, suffix, language_of_form):
    use_language(language_of_form)
    path = kl.theory.write_matrix_template(tmp_path / f"form.{suffix}")
    use_language("en")
    with pytest.raises(kl.ModelError) as caught:
        kl.theory.read_matrix(path)
    problems = str(caught.value).split("\n- ")[1:]
    assert len(problems) == 4
    assert all(word in problems[number] for number, word in enumerate(["source", "page", "nobs"]))
    assert "66" in problems[3]


def test_a_workbook_is_read_like_the_text_file(form, tmp_path):
    path = kl.theory.write_matrix_template(tmp_path / "matrix.xlsx")
    book = load_workbook(path)
    for number, row in enumerate(form.rows, 1):
        for column, value in enumerate(row, 1):
            if value != "":
                number_or_text = float(value) if re.fullmatch(r"-?\d*\.\d+", str(value)) else value
                book.active.cell(number, column, number_or_text)
    book.save(path)
    pd.testing.assert_frame_equal(kl.theory.read_matrix(path).cov, form.read().cov)


def test_the_workbook_shows_where_to_type(tmp_path):
    sheet = load_workbook(kl.theory.write_matrix_template(tmp_path / "m.xlsx")).active
    coloured = [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == "00FFF4CC"
    ]
    assert len(coloured) == 3 + 66


def test_japanese_excel_may_save_the_form_in_its_own_encoding(form):
    form.type("source", 0, "模擬データ")
    path = form.save(encoding="cp932")
    assert "模擬データ" in kl.theory.read_matrix(path).source


@pytest.mark.parametrize("value", [".42", "0.42", "0.420", "０．４２", " .42 ", "'.42", "+.42"])
def test_numbers_are_understood_as_people_type_them(form, value):
    form.type("trust", "shared_values", value)
    assert form.read().cov.loc["trust", "shared_values"] == 0.42


@pytest.mark.parametrize("value", ["-.42", "−.42", "–0.42", "－０．４２", "‑.42"])
def test_every_minus_sign_is_understood(form, value):
    form.type("trust", "opportunism", value)
    assert form.read().cov.loc["trust", "opportunism"] == -0.42


def test_either_half_or_both_will_do(form):
    form.type("shared_values", "trust", TYPED.loc["trust", "shared_values"])
    expected = form.read().cov
    form.type("trust", "shared_values", "")
    pd.testing.assert_frame_equal(form.read().cov, expected)


def test_rows_and_columns_may_be_in_another_order(form):
    expected = form.read().cov
    start = form.rows.index(form.row(NAMES[0]))
    order = np.random.default_rng(0).permutation(12)
    moved = [form.rows[start + place] for place in order]
    form.rows[start : start + 12] = moved
    pd.testing.assert_frame_equal(form.read().cov, expected)


@pytest.mark.parametrize("key", ["source", "page", "nobs"])
@pytest.mark.parametrize("value", ["", "  "])
def test_source_page_and_size_are_compulsory(form, key, value, language):
    form.type(key, 0, value)
    (problem,) = form.problems()
    assert key in problem


@pytest.mark.parametrize("value", ["12", "0", "-204", "204.5", "many", "nan", "inf"])
def test_the_number_of_cases_is_a_whole_number_large_enough(form, value, language):
    form.type("nobs", 0, value)
    (problem,) = form.problems()
    assert value in problem
    assert "13" in problem


@pytest.mark.parametrize("value", ["204", "204.0", "1,204", "２０４"])
def test_the_number_of_cases_may_be_written_in_several_ways(form, value):
    form.type("nobs", 0, value)
    assert form.read().nobs in (204, 1204)


def test_an_empty_cell_is_named_by_row_column_and_place(form, language):
    form.type("trust", "communication", "")
    (problem,) = form.problems()
    row = form.rows.index(form.row("trust")) + 1
    for words in ("trust", "communication", f"F{row}"):
        assert words in problem


@pytest.mark.parametrize("value", ["0.53**", "n.s.", "0,53", "nan", "inf"])
def test_what_is_no_number_is_quoted_with_its_place(form, value, language):
    form.type("trust", "communication", value)
    (problem,) = form.problems()
    assert value in problem
    assert re.search(r"F\d+", problem)


@pytest.mark.parametrize("value", [1.2, -53, 1.0001])
def test_no_correlation_is_beyond_one(form, value, language):
    form.type("trust", "communication", value)
    assert any("trust × communication" in problem for problem in form.problems())


def test_a_reliability_on_the_diagonal_is_told(form, language):
    form.type("trust", "trust", 0.95)
    (problem,) = form.problems()
    assert "trust" in problem
    assert re.search(r"H\d+", problem)


def test_halves_that_contradict_each_other_are_told(form, language):
    form.type("communication", "trust", 0.99)
    (problem,) = form.problems()
    assert "trust × communication" in problem


def test_standard_deviations_are_all_there_or_none(form, language):
    form.type("std_dev", "trust", 1.3)
    (problem,) = form.problems()
    assert "commitment" in problem
    assert "std_dev" not in problem


@pytest.mark.parametrize("value", [0, -1.3])
def test_standard_deviations_are_positive(form, value, language):
    for place in range(12):
        form.type("std_dev", place, 1.0)
    form.type("std_dev", "trust", value)
    (problem,) = form.problems()
    assert "trust" in problem


def test_a_matrix_that_no_data_can_have_names_what_makes_it_so(form, language):
    form.type("commitment", "trust", -0.95)
    (problem,) = form.problems()
    assert {"en": "not positive definite", "ja": "正定値ではなく"}[language] in problem
    assert "trust" in problem
    assert "commitment" in problem


def test_a_row_that_is_not_understood_is_told(form, language):
    form.rows.append(["loyalty", "", 0.3])
    (problem,) = form.problems()
    assert "loyalty" in problem


def test_a_construct_that_was_deleted_is_told(form, language):
    form.rows.remove(form.row("trust"))
    problems = form.problems()
    assert "trust" in problems[0]


def test_all_that_is_wrong_is_told_at_once(form, language):
    form.type("source", 0, "")
    form.type("nobs", 0, "few")
    form.type("trust", "communication", "")
    form.type("trust", "trust", 0.9)
    form.type("commitment", "trust", 1.5)
    form.type("std_dev", "trust", 1.0)
    assert len(form.problems()) == 6


def test_rounding_to_two_decimals_is_no_reason_to_refuse(form):
    for i, name in enumerate(NAMES):
        for j in range(i):
            form.type(name, j, round(TYPED.iloc[i, j], 2))
    assert form.read().nobs == NOBS


def test_a_form_that_is_there_is_not_overwritten_unasked(form, language):
    before = form.save().read_bytes()
    with pytest.raises(kl.KamlabError, match=r"matrix\.csv"):
        kl.theory.write_matrix_template(form.path)
    assert form.path.read_bytes() == before
    kl.theory.write_matrix_template(form.path, overwrite=True)
    assert form.path.read_bytes() != before


def test_a_form_is_a_workbook_or_a_text_file(tmp_path, language):
    with pytest.raises(kl.ArgumentError, match=r"\.xlsx"):
        kl.theory.write_matrix_template(tmp_path / "matrix.docx")


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx"])
def test_a_file_that_is_not_there_is_told(tmp_path, name, language):
    with pytest.raises(kl.KamlabError, match="none"):
        kl.theory.read_matrix(tmp_path / name)


@pytest.mark.parametrize("name", ["odd.csv", "odd.xlsx"])
def test_a_file_that_is_no_form_is_told(tmp_path, name, language):
    path = tmp_path / name
    path.write_bytes(b"\xff\x00\x81\xfd nothing")
    with pytest.raises(kl.KamlabError, match="odd"):
        kl.theory.read_matrix(path)
