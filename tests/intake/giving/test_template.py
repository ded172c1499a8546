"""The template explains itself, checks what is typed, and reads back without a single edit."""

import warnings

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

import kamlab as kl
from kamlab.accounts.cells.convert import convert
from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.errors import ArgumentError, DataError, KamlabError
from kamlab.foundation.language import LANGUAGES, current_language, say, speaking
from kamlab.intake.giving.help_sheets import is_help
from kamlab.intake.giving.template import write_template
from kamlab.intake.read import read_company

LONGEST_ERROR = 255  # characters that Excel shows when a cell is refused


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def template(tmp_path, language):
    return write_template(tmp_path / "deep" / "template.xlsx", language=language)


def sheet_of(book, name, language):
    return book[table(name).label.in_language(language)]


def shown(column, value, language):
    """A value as somebody would type or choose it."""
    if pd.isna(value):
        return None
    if column.values:
        return column.values[value].in_language(language)
    if column.type == "boolean":
        return say("foundation.yes" if value else "foundation.no").in_language(language)
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def fill_in(template, tables, language):
    book = load_workbook(template)
    for name, frame in tables.items():
        sheet = sheet_of(book, name, language)
        for number, column in enumerate(table(name).columns, 1):
            values = frame.get(column.name, [])
            for row, value in enumerate(values, 2):
                sheet.cell(row, number).value = shown(column, value, language)
    book.save(template)


def test_filled_in_it_reads_back_the_same(template, language):
    company = kl.simulate_company(seed=2, n_accounts=12)
    fill_in(template, company.tables, language)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        again = read_company(template)
    assert not any("name is that of no table" in str(one.message) for one in told)
    for name, frame in company.tables.items():
        known = [column.name for column in table(name).columns if column.name in frame]
        pd.testing.assert_frame_equal(again.tables[name][known], frame[known])
        others = again.tables[name].drop(columns=known)
        assert others.isna().all(axis=None)


def test_untouched_it_says_what_to_do(template):
    with pytest.raises(DataError, match=r"headings but no rows.*Add at least one row") as caught:
        read_company(template)
    assert len(caught.value.problems) == 1


def test_every_heading_tells_what_belongs_there(template, language):
    book = load_workbook(template)
    for name in (*TABLES, SETTINGS):
        headings = next(sheet_of(book, name, language).iter_rows(max_row=1))
        columns = table(name).columns
        assert [cell.value for cell in headings] == [c.label.in_language(language) for c in columns]
        for cell, column in zip(headings, columns, strict=True):
            assert column.meaning.in_language(language) in cell.comment.text
            assert f"[{column.name}]" in cell.comment.text
            assert cell.font.bold == column.required


def test_compulsory_headings_are_told_in_words_too(template, language):
    sheet = sheet_of(load_workbook(template), "periods", language)
    required, optional = (
        say(f"intake.template_{need}").in_language(language) for need in ("required", "optional")
    )
    told = [cell.comment.text.rsplit("\n", 1)[1] for cell in next(sheet.iter_rows(max_row=1))]
    assert told == [required if c.required else optional for c in table("periods").columns]


def test_drop_downs_offer_exactly_what_the_reader_takes(template, language):
    book = load_workbook(template)
    for name in TABLES:
        sheet = sheet_of(book, name, language)
        lists = {
            str(check.sqref).split(":")[0].rstrip("2"): check
            for check in sheet.data_validations.dataValidation
            if check.type == "list"
        }
        for number, column in enumerate(table(name).columns, 1):
            letter = sheet.cell(1, number).column_letter
            assert (letter in lists) == bool(column.values or column.type == "boolean")
            if letter in lists:
                offered = words_in(book, lists[letter].formula1)
                taken = convert(column, pd.Series(offered))
                assert not taken.misfits
                known = list(column.values) or [True, False]
                assert taken.values.tolist() == known


def words_in(book, reference):
    sheet, cells = reference.rsplit("!", 1)
    left, top, right, bottom = range_boundaries(cells.replace("$", ""))
    rows = book[sheet.strip("'")].iter_rows(top, bottom, left, right, values_only=True)
    return [value for row in rows for value in row]


def test_numbers_are_checked_against_the_declared_range(template, language):
    sheet = sheet_of(load_workbook(template), "accounts", language)
    checks = {
        str(c.sqref).split(":")[0].rstrip("2"): c for c in sheet.data_validations.dataValidation
    }
    numbers = {c.name: n for n, c in enumerate(table("accounts").columns, 1)}

    def of(column):
        check = checks[sheet.cell(1, numbers[column]).column_letter]
        return check.type, check.operator, float(check.formula1), float(check.formula2 or 0)

    assert of("share_of_wallet") == ("decimal", "between", 0, 1)
    assert of("buyer_ties") == ("decimal", "between", 1, 7)
    assert of("employees")[:3] == ("whole", "between", 1)
    assert of("customer_since")[:2] == ("date", "greaterThanOrEqual")


def test_excel_can_show_every_word_of_a_refusal(template):
    for sheet in load_workbook(template):
        for check in sheet.data_validations.dataValidation:
            assert 0 < len(check.error) <= LONGEST_ERROR
            assert 0 < len(check.errorTitle) <= 32


def test_ids_are_kept_as_text_and_days_as_days(template, language):
    sheet = sheet_of(load_workbook(template), "periods", language)
    formats = [sheet.column_dimensions[letter].number_format for letter in "ABCD"]
    assert formats == ["@", "0", "yyyy-mm-dd", "yyyy-mm-dd"]


def test_categories_have_names_of_their_own():
    names = [c.name for name in TABLES for c in table(name).columns if c.values]
    assert len(names) == len(set(names))


def test_help_is_known_in_both_languages_whatever_the_current_one(template, language):
    titles = load_workbook(template).sheetnames
    with speaking("en"):
        helping = [title for title in titles if is_help(title)]
    assert helping == [titles[0], *titles[-2:]]
    assert len(titles) == len(helping) + len(TABLES) + 1


def test_the_first_sheet_says_in_five_lines_what_to_do(template):
    book = load_workbook(template)
    assert book.active.title == book.sheetnames[0]
    numbered = [row for row in book.active.iter_rows(values_only=True) if row[0]]
    assert [row[0] for row in numbered] == [1, 2, 3, 4, 5]
    assert all(row[1] for row in numbered)


def test_the_current_language_is_the_default_and_stays(tmp_path):
    with speaking("ja"):
        book = load_workbook(write_template(tmp_path / "t.xlsx"))
    assert "顧客" in book.sheetnames
    write_template(tmp_path / "u.xlsx", language="ja")
    assert current_language() == "en"


def test_nothing_is_replaced_unasked(tmp_path):
    path = write_template(tmp_path / "t.xlsx")
    with pytest.raises(KamlabError, match=r"is there already.*overwrite=True"):
        write_template(path)
    assert write_template(path, overwrite=True) == path


@pytest.mark.parametrize("name", ["t.csv", "t", "t.xlsm"])
def test_only_a_workbook_is_written(tmp_path, name):
    with pytest.raises(KamlabError, match=r"end in \.xlsx"):
        write_template(tmp_path / name)


def test_a_third_language_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="language='fr' is not one of en, ja"):
        write_template(tmp_path / "t.xlsx", language="fr")
    assert list(tmp_path.iterdir()) == []
