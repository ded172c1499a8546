"""A sheet says 千円 or €, and nobody declared it: never a thousandth, never another currency."""

import datetime as dt

import pytest
from openpyxl import Workbook

import kamlab as kl
from kamlab.foundation.errors import DataError, KamlabError
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.sources.styles import shown_by

NAMES = ("account_id", "period", "start", "end", "revenue")
YEAR = [2025, dt.datetime(2025, 4, 1), dt.datetime(2026, 3, 31)]


@pytest.fixture
def export(tmp_path):
    def write(*above, number_format="General", currency=None):
        book = Workbook()
        book.active.title = "accounts"
        book.active.append(["account_id"])
        book.active.append(["A"])
        sheet = book.create_sheet("periods")
        for line in above:
            sheet.append([line])
        sheet.append(list(NAMES))
        sheet.append(["A", *YEAR, 1234])
        sheet.cell(sheet.max_row, 5).number_format = number_format
        if currency:
            settings = book.create_sheet("settings")
            settings.append(["currency"])
            settings.append([currency])
        book.save(tmp_path / "crm.xlsx")
        return tmp_path / "crm.xlsx"

    return write


def mapped(unit, currency="JPY"):
    accounts = SheetRule("accounts", "accounts", (ColumnRule("account_id", "account_id"),))
    columns = tuple(ColumnRule(n, n, unit=unit if n == "revenue" else "") for n in NAMES)
    return ExportMapping((accounts, SheetRule("periods", "periods", columns)), currency=currency)


def test_a_unit_above_the_headings_must_be_declared(export):
    path = export("年度実績（単位：千円）")
    with pytest.raises(DataError, match=r"column revenue: The sheet says '単位:千円'.*unit 1\."):
        kl.read_company(path)
    read = kl.check_company(path, mapping=mapped("千円"))
    assert read.company().periods["revenue"].item() == 1_234_000
    assert read.problems().empty


def test_amounts_that_excel_shows_in_the_unit_stated_are_whole(export):
    path = export("（単位：千円）", number_format="#,##0,")
    assert kl.check_company(path).company().periods["revenue"].item() == 1234


def test_a_currency_stated_without_a_unit_only_warns_of_the_unit_declared(export):
    path = export("Results (USD)")
    doubted = kl.check_company(path, mapping=mapped("thousand", "USD")).problems()
    assert doubted["severity"].tolist() == ["warning"]
    with pytest.raises(DataError, match="The sheet says 'USD'"):
        kl.read_company(path)


def test_next_quarter_in_another_unit_is_told(export):
    problems = kl.check_company(export("（単位：百万円）"), mapping=mapped("千円")).problems()
    assert problems["severity"].tolist() == ["error"]
    assert "百万円" in problems["problem"].item()
    assert "unit 千円" in problems["problem"].item()


@pytest.mark.parametrize("code", ['#,##0"千円"', '#,##0" k"', '"¥"#,##0"百万円"', '#,##0,"円"'])
def test_a_unit_that_excel_shows_must_be_declared(export, code):
    with pytest.raises(DataError, match="column revenue: Excel shows"):
        kl.read_company(export(number_format=code))


@pytest.mark.parametrize("code", ['#,##0,"千円"', '"¥"#,##0', '#,##0"円"', "General", '0"件"'])
def test_a_unit_that_excel_shows_of_the_whole_amount_is_none(export, code):
    assert kl.read_company(export(number_format=code)).periods["revenue"].item() == 1234


def test_a_declared_unit_that_excel_does_not_show_is_doubted(export):
    path = export(number_format='#,##0"千円"')
    assert kl.check_company(path, mapping=mapped("千円")).problems().empty
    doubted = kl.check_company(path, mapping=mapped("円")).problems()
    assert doubted["severity"].tolist() == ["warning"]


def test_another_currency_that_excel_shows_is_refused(export):
    euros = "[$€-407]#,##0.00"
    with pytest.raises(DataError, match=r"Excel shows '€'.*another currency"):
        kl.read_company(export(number_format=euros))
    assert kl.read_company(export(number_format=euros), currency="EUR").currency == "EUR"
    assert kl.read_company(export(number_format=euros, currency="EUR")).currency == "EUR"


def test_a_currency_other_than_the_mapping_says_is_refused(export):
    with pytest.raises(KamlabError, match=r"mapping says.*JPY.*'USD'"):
        kl.check_company(export(), mapping=mapped("千円"), currency="USD")
    assert kl.check_company(export(), mapping=mapped("1"), currency="JPY").company()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('#,##0"千円"', "千円"),
        ("[$€-407] #,##0", "€"),
        ("[Red]0.0_);(0.0)", ""),
        ('_ "¥"* #,##0_ ', "¥"),
        (r"\$0", "$"),
        ("0.00E+00", ""),
        ('#,##0;"千円"0', ""),
    ],
)
def test_what_a_number_format_shows_beside_a_number(code, words):
    assert shown_by(code) == words
