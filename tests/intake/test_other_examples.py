"""The next quarter's export, and the lists of two other programs."""

from __future__ import annotations

import pytest

from kamlab.accounts.samples import example_file
from kamlab.accounts.simulate import simulate_company
from kamlab.intake.check import check_company
from tools.messy_export.office import ACCOUNTS, SEED, code

ORDER_SYSTEM = """currency = "JPY"
[[sheet]]
name = "messy_export_ja.csv"
table = "accounts"
[sheet.columns]
"得意先コード" = "account_id"
"得意先名" = "name"
"業種" = "industry"
"地区" = "region"
"従業員数" = "employees"
"担当者" = "manager"
"取引開始日" = "customer_since"
"重点顧客フラグ" = "is_key"
"前年比増減（円）" = "keep"
"""
ENGLISH_CRM = """currency = "JPY"
[[sheet]]
name = "messy_export_en.csv"
table = "accounts"
[sheet.columns]
"Account Number" = "account_id"
"Account Name" = "name_en"
"Account Owner" = "manager"
"Industry" = "industry"
"Employees" = "employees"
"Customer Since" = { column = "customer_since", date_order = "mdy" }
"Key Account" = "is_key"
"Share of Wallet" = { column = "share_of_wallet", unit = "%" }
"Average Order Value (thousand)" = { column = "mean_order_value", unit = "thousand" }
"Description" = "keep"
"""


@pytest.fixture
def accounts():
    frame = simulate_company(n_accounts=ACCOUNTS, seed=SEED).accounts
    return frame.assign(account_id=frame["account_id"].map(code)).set_index("account_id")


@pytest.fixture
def check(tmp_path):
    def checked(name, mapping):
        path = tmp_path / "crm.toml"
        path.write_text(mapping, encoding="utf-8")
        return check_company(example_file(name), mapping=path)

    return checked


@pytest.fixture(scope="module")
def next_quarter():
    return check_company(
        example_file("messy_export_ja_next.xlsx"), mapping=example_file("messy_export_ja.toml")
    )


def test_the_next_quarter_is_told_apart_from_the_last(next_quarter):
    problems = next_quarter.problems()
    shape = problems[problems["row"].isna() & ~problems["problem"].str.contains("more rows")]
    told = list(zip(shape["severity"], shape["table"], shape["column"], strict=True))
    assert told == [
        ("error", "受注明細", ""),
        ("warning", "受注明細_1Q", ""),
        ("warning", "取引先一覧", "従業員数"),
        ("warning", "取引先一覧", "顧客内シェア（%）"),
        ("warning", "取引先一覧", ""),
    ]
    assert "did you mean '受注明細_1Q'?" in shape["problem"].iloc[0]
    assert 'name = "受注明細_1Q"' in shape["remedy"].iloc[0]
    assert "従業員数（連結）, 与信ランク" in shape["problem"].iloc[4]


def test_headings_a_row_lower_are_found(next_quarter):
    sheets = next_quarter.sheets().set_index("sheet")
    assert sheets.loc["取引先一覧", "header_row"] == 5


def test_the_order_system_s_list_comes_in_whole(check, accounts):
    intake = check("messy_export_ja.csv", ORDER_SYSTEM)
    assert intake.sheets()["encoding"].tolist() == ["cp932"]
    came = intake.company().accounts.set_index("account_id")
    assert len(came) == ACCOUNTS
    assert (came["customer_since"] == accounts["customer_since"]).all()
    assert came["name"].iloc[0] == "青嶺精機㈱　髙﨑事業所"
    assert came["is_key"].equals(accounts["is_key"])


def test_the_english_list_comes_in_but_for_two_cells(check, accounts):
    intake = check("messy_export_en.csv", ENGLISH_CRM)
    problems = intake.problems()
    places = list(zip(problems["column"], problems["row"], problems["value"], strict=True))
    assert places == [
        ("customer_since", 13, "13/25/2014"),
        ("share_of_wallet", 31, "135%"),
    ]
    came = intake.company().accounts.set_index("account_id")
    expected = accounts.loc[came.index]
    assert len(came) == ACCOUNTS - 2
    assert (came["customer_since"] == expected["customer_since"]).all()
    assert came["share_of_wallet"].to_list() == expected["share_of_wallet"].to_list()
    assert (came["mean_order_value"] - expected["mean_order_value"]).abs().max() <= 50
    assert intake.tidy()["rows_set_aside"].tolist() == [3]  # the total beside the two
