import pandas as pd
import pytest

from kamlab.accounts.tables import TABLES, table
from kamlab.foundation.language import speaking
from kamlab.intake.giving.write import write_company
from kamlab.intake.mapping.answers import Known, SheetAnswers
from kamlab.intake.mapping.candidates import candidates
from kamlab.intake.mapping.propose import propose, propose_mapping
from kamlab.intake.mapping.propose_columns import propose_columns


def proposed(found_table, name, columns, **options):
    """Return the columns that are proposed for one sheet, by heading."""
    (sheet,) = propose("crm.xlsx", [found_table(name, columns, **options)]).sheets
    return {column.heading: column for column in sheet.columns}


def sheet_of(found_table, name, headings):
    return propose("crm", [found_table(name, {h: ["1"] for h in headings})]).sheets[0]


@pytest.mark.parametrize("name", TABLES)
def test_every_name_of_ours_is_certain(name):
    for column in table(name).columns:
        for heading in column.headings:
            (candidate, *others) = candidates(heading, name)
            assert candidate.column.name == column.name
            assert candidate.confidence == 1
            assert not any(other.by_name for other in others)


@pytest.mark.parametrize(
    ("heading", "name", "column", "confidence"),
    [
        ("売上高（千円）", "periods", "revenue", 0.95),
        ("Company owner", "accounts", "manager", 0.9),
        ("Closing Date", "transactions", "ordered_on", 0.9),
        ("レコード番号", "accounts", "account_id", 0.8),
    ],
)
def test_names_with_units_and_names_of_crm_systems_are_sure_in_this_order(
    heading, name, column, confidence
):
    (candidate,) = candidates(heading, name)
    assert (candidate.column.name, candidate.confidence) == (column, confidence)


def test_what_is_alike_comes_after_all_names_and_the_likest_first():
    first, *others = candidates("Account Ownr", "accounts")
    assert first.column.name == "manager"
    assert 0.7 * 0.9 < first.confidence < 0.7
    assert all(other.confidence <= first.confidence for other in others)
    assert candidates("天気", "accounts") == ()


def test_a_plain_export_is_proposed_whole(found_table):
    columns = proposed(
        found_table,
        "取引先一覧",
        {"取引先コード": ["001", "002"], "取引先名": ["北山", "南"], "備考": ["", "x"]},
    )
    assert columns["取引先コード"].column == "account_id"
    assert columns["取引先コード"].examples == ("001", "002")
    assert columns["備考"].column == ""
    assert columns["備考"].open == ()
    assert not any(column.open for column in columns.values())


def test_a_column_that_two_headings_name_is_left_open_for_both(found_table):
    columns = proposed(
        found_table,
        "取引先一覧",
        {"取引先コード": ["1"], "担当者": ["佐藤"], "営業担当": ["鈴木"]},
    )
    for heading, other in (("担当者", "営業担当"), ("営業担当", "担当者")):
        assert columns[heading].open == ("column",)
        assert columns[heading].candidates == ("manager",)
        assert other in columns[heading].why.ja


def test_a_name_goes_before_a_likeness(found_table):
    columns = proposed(
        found_table, "accounts", {"id": ["1"], "Account Owner": ["a"], "Account Ownr": ["b"]}
    )
    assert columns["Account Owner"].column == "manager"
    assert columns["Account Ownr"].open == ()
    assert "Account Owner is manager already" in columns["Account Ownr"].why.en


def test_a_likeness_is_proposed_where_little_hangs_on_it_and_asked_where_much_does(found_table):
    columns = proposed(
        found_table,
        "accounts",
        {
            "Account Nunber": ["1"],
            "Account Ownr": ["a"],
            "Average Ordr Value": [5],
            "担当者名": ["b"],
        },
    )
    assert columns["Account Ownr"].column == "manager"
    assert "close to Account Owner" in columns["Account Ownr"].why.en
    assert columns["Account Nunber"].open == ("column",)
    assert columns["Account Nunber"].candidates == ("account_id",)
    assert columns["Average Ordr Value"].open == ("column",)
    assert (columns["担当者名"].column, columns["担当者名"].open) == ("", ())
    assert "担当者" in columns["担当者名"].why.ja


def test_two_columns_alike_are_not_chosen_between(found_table):
    columns = proposed(found_table, "survey", {"顧客ID": ["1"], "Commitment b": [4]})
    assert columns["Commitment b"].open == ("column",)
    assert columns["Commitment b"].candidates == tuple(f"commitment_{at}" for at in range(1, 5))
    assert "several of our columns" in columns["Commitment b"].why.en


def test_a_heading_that_stands_twice_cannot_be_told_apart(found_table):
    columns = proposed(
        found_table, "accounts", [("顧客ID", ["1"]), ("業種", ["a"]), ("業種", ["b"])]
    )
    assert columns["業種"].open == ("column",)
    assert "more than once" in columns["業種"].why.en


@pytest.mark.parametrize(
    ("heading", "cells", "column"),
    [
        ("取引開始日", ["未処理", "A", "B", "2020/1/1"], "customer_since"),
        ("従業員数", ["中規模", "大規模", "小規模"], "employees"),
        ("契約", [f"契約{at}" for at in range(60)], "has_contract"),
    ],
)
def test_a_name_whose_cells_are_something_else_is_asked_about(found_table, heading, cells, column):
    columns = proposed(
        found_table, "accounts", {"顧客ID": [str(at) for at in range(len(cells))], heading: cells}
    )
    assert columns[heading].open == ("column",)
    assert columns[heading].candidates == (column,)
    assert "do not fit" in columns[heading].why.en


def test_a_few_misfits_do_not_shake_a_name(found_table):
    cells = ["2020/1/1"] * 8 + ["近日", "?"]
    columns = proposed(found_table, "accounts", {"顧客ID": list("abcdefghij"), "取引開始日": cells})
    assert columns["取引開始日"].column == "customer_since"


MONEY = {"顧客ID": ["1", "2"], "年度": [2025, 2025], "期首": ["2025-04-01"] * 2}


@pytest.mark.parametrize(
    ("heading", "cells", "above", "unit", "why"),
    [
        ("売上高（千円）", ["1", "2"], [], "千円", "in the heading"),
        ("売上高", ["1", "2"], ["2025年度（単位：百万円）"], "百万円", "above the headings"),
        ("売上高（円）", ["1", "2"], ["単位：千円"], "円", "in the heading"),
        ("売上高", ["¥1,200", "-¥300"], [], "円", "bears a sign of yen"),
        ("売上高", ["1,200円", "300円"], [], "円", "bears a sign of yen"),
        ("Revenue (USD k)", ["1", "2"], [], "thousand", "in the heading"),
    ],
)
def test_a_unit_is_proposed_where_it_is_stated(found_table, heading, cells, above, unit, why):
    columns = proposed(found_table, "年度実績", {**MONEY, heading: cells}, above=above)
    assert columns[heading].unit == unit
    assert why in columns[heading].why.en
    assert columns[heading].open == ()


@pytest.mark.parametrize(
    ("heading", "cells", "above"),
    [
        ("売上高", ["1", "2"], []),
        ("売上高", [1200000, 300], []),
        ("売上高", ["¥1", "2"], []),
        ("売上高", ["1千円", "2千円"], []),
        ("売上高", ["1", "2"], ["単位：千円", "単位：円"]),
        ("売上高", [None, None], []),
    ],
)
def test_a_unit_that_is_not_stated_is_never_guessed(found_table, heading, cells, above):
    columns = proposed(found_table, "年度実績", {**MONEY, heading: cells}, above=above)
    assert columns[heading].unit == ""
    assert columns[heading].open == ("unit",)


@pytest.mark.parametrize(
    ("heading", "above"), [("売上高（千円）", []), ("売上高", ["単位：千円"]), ("売上高（円）", [])]
)
def test_a_stated_unit_is_not_taken_where_excel_shows_the_numbers_divided(
    found_table, heading, above
):
    columns = {**MONEY, heading: [1_234_000, 5_000]}
    shown = {"above": above, "divided": (1, 1, 1, 1000)}
    column = proposed(found_table, "年度実績", columns, **shown)[heading]
    assert (column.unit, column.currency, column.open) == ("", "JPY", ("unit",))
    assert "Excel shows the numbers divided by 1,000" in column.why.en
    assert "Excelは数値を1,000で割って" in column.why.ja


def test_a_scale_of_a_count_is_not_taken_either(found_table):
    columns = {"顧客ID": ["1"], "従業員数（千人）": [1_234_000]}
    column = proposed(found_table, "accounts", columns, divided=(1, 1000))["従業員数（千人）"]
    assert (column.unit, column.open) == ("", ("unit",))


def test_columns_beside_one_that_is_shown_divided_keep_their_units(found_table):
    columns = {**MONEY, "売上高（千円）": [1_234], "粗利（千円）": [5_000]}
    found = proposed(found_table, "年度実績", columns, divided=(1, 1, 1, 1, 1000))
    assert (found["売上高（千円）"].unit, found["粗利（千円）"].unit) == ("千円", "")


@pytest.mark.parametrize(
    ("heading", "cells", "unit", "is_open"),
    [
        ("顧客内シェア（%）", ["35", "40"], "%", False),
        ("顧客内シェア", ["0.35", 0.4], "1", False),
        ("顧客内シェア", ["35%", "40%"], "", False),
        ("顧客内シェア", ["35", "40"], "", True),
        ("顧客内シェア（%）", [0.35, 0.4], "", True),
        ("顧客内シェア", [None, ""], "", False),
    ],
)
def test_percent_is_proposed_only_where_heading_and_cells_agree(
    found_table, heading, cells, unit, is_open
):
    columns = proposed(found_table, "accounts", {"顧客ID": ["1", "2"], heading: cells})
    assert columns[heading].unit == unit
    assert columns[heading].open == (("unit",) if is_open else ())


@pytest.mark.parametrize(
    ("cells", "order", "is_open"),
    [
        (["2026/4/1", "令和8年4月1日"], "ymd", False),
        (["25/12/2025", "01/02/2026"], "dmy", False),
        (["12/25/2025", "01/02/2026"], "mdy", False),
        (["01/02/2026", "03/04/2026"], "ymd", True),
        (["25/12/2025", "12/25/2025", "01/02/2026"], "ymd", True),
    ],
)
def test_day_and_month_are_told_apart_only_by_proof(found_table, cells, order, is_open):
    ids = [str(at) for at in range(len(cells))]
    columns = proposed(found_table, "accounts", {"顧客ID": ids, "取引開始日": cells})
    assert columns["取引開始日"].date_order == order
    assert columns["取引開始日"].open == (("date_order",) if is_open else ())


def test_a_handful_of_cells_in_doubt_is_told_and_not_asked_about(found_table):
    columns = proposed(
        found_table,
        "accounts",
        {
            "顧客ID": [str(at) for at in range(20)],
            "取引開始日": ["2026-04-01"] * 19 + ["01/02/2026"],
            "重点顧客": ["○"] * 19 + ["検討中"],
            "契約": ["有"] * 18 + ["検討中"] * 2,
        },
    )
    for heading in ("取引開始日", "重点顧客"):
        assert columns[heading].open == ()
        assert (
            "in 5.0% of the cells, which are set aside unless you say it" in columns[heading].why.en
        )
    assert columns["取引開始日"].date_order == "ymd"
    assert columns["重点顧客"].unknown == ("検討中",)
    assert columns["契約"].open == ("values",)


def test_words_of_their_own_are_asked_about(found_table):
    columns = proposed(
        found_table,
        "活動履歴",
        {
            "活動ID": ["1", "2", "3"],
            "顧客ID": ["1", "1", "1"],
            "活動日": ["2026-01-01"] * 3,
            "種別": ["面談", "訪問 ", "電話"],
        },
    )
    assert columns["種別"].column == "kind"
    assert columns["種別"].unknown == ("訪問", "電話")
    assert columns["種別"].open == ("values",)


@pytest.mark.parametrize(
    ("name", "headings", "expected"),
    [
        ("取引先一覧", ["取引先コード"], "accounts"),
        ("Accounts.csv", ["Account ID"], "accounts"),
        ("取引先企業", ["取引先企業番号"], "accounts"),
        ("data1", ["受注番号", "取引先コード", "受注日", "金額"], "transactions"),
        ("Sheet1", ["顧客コード", "顧客名", "業種", "従業員数"], "accounts"),
        ("settings", ["name", "currency"], "settings"),
    ],
)
def test_a_sheet_is_known_by_its_name_or_its_headings(found_table, name, headings, expected):
    assert sheet_of(found_table, name, headings).table == expected


@pytest.mark.parametrize(
    "headings", [["いろいろ"], ["顧客コード"], ["顧客コード", "顧客名"], ["金額", "日付", "摘要"]]
)
def test_a_sheet_that_nothing_names_is_left_out(found_table, headings):
    sheet = sheet_of(found_table, "Sheet1", headings)
    assert (sheet.table, sheet.candidates) == ("", ())


def test_a_name_that_its_headings_contradict_stays_open(found_table):
    sheet = sheet_of(
        found_table, "アンケート", ["受注番号", "取引先コード", "受注日", "金額", "商品群"]
    )
    assert sheet.candidates == ("survey", "transactions")
    assert sheet.is_open


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("Deals", ["Record ID", "Amount", "Close Date"]),
        ("hubspot-export", ["Record ID", "Associated Company IDs", "Amount", "Close Date"]),
        ("商談", ["商談 ID", "取引先 ID", "金額", "完了予定日"]),
    ],
)
def test_deals_are_not_taken_for_orders_unasked(found_table, name, headings):
    sheet = sheet_of(found_table, name, headings)
    assert sheet.candidates == ("transactions",)
    assert "lost" in sheet.why.en


def test_files_of_single_months_are_joined_and_two_lists_of_customers_are_not(found_table):
    orders = {"受注番号": ["1"], "取引先コード": ["1"], "受注日": ["2026-01-01"], "金額": [1]}
    months = propose("folder", [found_table("4月", orders), found_table("5月", orders)]).sheets
    assert [sheet.table for sheet in months] == ["transactions", "transactions"]
    lists = propose(
        "folder",
        [found_table("取引先", {"取引先コード": ["1"]}), found_table("顧客", {"顧客ID": ["1"]})],
    ).sheets
    assert [sheet.candidates for sheet in lists] == [("accounts",), ("accounts",)]
    assert "顧客" in lists[0].why.ja
    alike = [found_table(name, {"取引先コード": ["1"]}) for name in ("取引先", "得意先")]
    assert all(sheet.is_open for sheet in propose("folder", alike).sheets)


def test_a_company_that_kamlab_wrote_is_in_whole_units(found_table):
    proposal = propose(
        "company.xlsx",
        [
            found_table("settings", {"name": ["社"], "currency": ["USD"], "simulated": [True]}),
            found_table("accounts", {"account_id": ["1"], "mean_order_value": [5]}),
        ],
    )
    value = proposal.sheets[1].columns[1]
    assert (value.unit, value.currency, value.open) == ("1", "USD", ())


def test_the_table_shows_everything_in_both_languages(found_table):
    proposal = propose(
        "crm.xlsx",
        [
            found_table("取引先一覧", {"取引先コード": ["1"], "担当者": ["a"], "Owner": ["b"]}),
            found_table("年度実績", {**MONEY, "期末": ["2026-03-31"] * 2, "売上高": [1, 2]}),
            found_table("メモ", {"x": ["y"]}),
        ],
    )
    shown = proposal.table()
    assert list(shown) == [
        "sheet", "their_column", "our_table", "our_column", "confidence", "certainty", "unit",
        "why", "examples",
    ]  # fmt: skip
    by_heading = shown.set_index("their_column")
    assert by_heading.loc["担当者", "our_column"] == "manager?"
    assert by_heading.loc["担当者", "certainty"] == "open"
    assert by_heading.loc["売上高", "unit"] == "?"
    assert by_heading.loc["売上高", "examples"] == "1 / 2"
    assert shown.iloc[-1].tolist()[:6] == ["メモ", "", "", "", 0.0, "kept"]
    assert len(proposal.questions()) == 2
    assert "still open: 2" in repr(proposal)
    with speaking("ja"):
        assert "未決定：2件" in repr(proposal)
        assert proposal.table()["why"].str.contains("[ぁ-ん一-鿿]").all()


def test_what_comes_from_the_file_is_escaped(found_table):
    hostile = "<script>alert(1)</script>"
    proposal = propose(
        hostile,
        [found_table(hostile, {hostile: [hostile]}), found_table("顧客", {"顧客ID": [hostile]})],
    )
    assert "<script" not in proposal._repr_html_()
    assert "&lt;script&gt;" in proposal._repr_html_()


def test_a_file_is_read_and_a_sheet_that_cannot_be_is_named(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    pd.DataFrame({"顧客ID": ["1"], "担当者": ["a"]}).to_csv(
        folder / "顧客.csv", index=False, encoding="cp932"
    )
    (folder / "注文.csv").write_text("", encoding="utf-8")
    proposal = propose_mapping(folder)
    assert [sheet.name for sheet in proposal.sheets] == ["顧客.csv"]
    assert list(proposal.unreadable) == ["注文.csv"]
    assert "注文.csv cannot be read" in repr(proposal)
    mapping = proposal.confirm()
    assert [rule.column for rule in mapping.sheets[0].columns] == ["account_id", "manager"]
    assert mapping.unread == ("注文.csv",)


def test_what_kamlab_writes_itself_is_proposed_without_a_question(company, tmp_path):
    proposal = propose_mapping(write_company(company, tmp_path / "c.xlsx"))
    assert proposal.questions() == ()
    mapping = proposal.confirm()
    assert {sheet.table for sheet in mapping.sheets} == {*TABLES, "settings"}
    assert mapping.currency == "USD"


@pytest.mark.parametrize(
    "headings",
    [
        ["2023年度売上", "2024年度売上"],
        ["売上 FY2023", "売上 FY2024"],
        ["令和5年度", "令和6年度"],
        ["2023", "２０２４"],
    ],
)
def test_one_column_a_year_is_told_with_the_shape_that_is_wanted(found_table, headings):
    told = proposed(found_table, "取引先", {"取引先コード": ["1"]} | {h: ["1"] for h in headings})
    for heading in headings:
        assert "one row per account and period" in told[heading].why.en
        assert f"年ごとに列が分かれている（{headings[0]}" in told[heading].why.ja
    unread = sheet_of(found_table, "推移", ["顧客", *headings])
    assert "one row per account and period" in unread.why.en


@pytest.mark.parametrize(
    "headings", [["2023年度売上", "2024年度計画"], ["2023年度売上"], ["売上", "利益"]]
)
def test_columns_of_other_things_are_not_told_to_be_years(found_table, headings):
    told = proposed(found_table, "取引先", {"取引先コード": ["1"]} | {h: ["1"] for h in headings})
    assert not any("one column a year" in column.why.en for column in told.values())


def test_a_column_kept_under_another_name_says_so(found_table):
    cells = {"id": ["1"], "Account Owner": ["a"], "担当者": ["b"], "備考": ["c"]}
    found = found_table("accounts", cells)
    known = Known(found, "accounts", SheetAnswers(columns={"Account Owner": "manager"}))
    told = {column.heading: column for column in propose_columns(known)}
    assert told["担当者"].column == ""
    assert "named export:担当者 in the company" in told["担当者"].why.en
    assert "取り込み後の列名は export:担当者" in told["担当者"].why.ja
    assert "export:" not in told["備考"].why.en
