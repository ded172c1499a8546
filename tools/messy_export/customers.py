"""The customer list and the list of people, with what goes wrong in them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from kamlab.accounts.tables import table
from tools.messy_export.office import ACCOUNTS, Office, closed_revenue
from tools.messy_export.page import Cell, Line, Page
from tools.messy_export.wording import (
    day_of,
    era_day,
    era_short,
    slashes,
    triangle,
    typed,
    whole,
    wide,
    with_weekday,
)

BEGAN = (typed, era_day, slashes, era_short)
LAST_SEEN = (typed, slashes, with_weekday)
RATINGS = (
    *(f"buyer_{name}" for name in ("buildings", "machines", "systems")),
    *(f"buyer_{name}" for name in ("knowledge", "training", "ties")),
    *(f"supplier_{name}" for name in ("buildings", "logistics", "systems")),
    *(f"supplier_{name}" for name in ("development", "training", "ties")),
)
REMARKS = (
    "",
    "",
    "",
    "",
    "与信更新済",
    "4月に組織変更の予定",
    "決裁は本社\n見積は工場",
    "価格改定を通知済み",
)
THOUSAND = 1000


def customers(office: Office) -> Page:
    """Return the customer list: groups of headings, money in thousands, a total, notes."""
    accounts, draw = office["accounts"], office.draw
    ratings = [table("accounts")[name].label.ja for name in RATINGS]
    revenue = closed_revenue(office["periods"])
    lines = [
        Line(
            [
                number,
                row.account_id,
                row.name,
                row.industry,
                row.region,
                whole(row.employees),
                row.section,
                row.manager,
                BEGAN[int(draw.integers(len(BEGAN)))](day_of(row.customer_since)),
                "○" if row.is_key else "×",
                "有" if row.has_contract else "無",
                round(row.share_of_wallet * 100),
                _thousands(row.mean_order_value),
                _thousands(revenue["last"].get(row.account_id)),
                _change(revenue["change"].get(row.account_id), number),
                *(whole(getattr(row, name)) for name in RATINGS),
                REMARKS[int(draw.integers(len(REMARKS)))] or None,
                _last_change(office.exported, number),
            ]
        )
        for number, row in enumerate(accounts.itertuples(), 1)
    ]
    page = Page(
        name="取引先一覧",
        above=["取引先一覧（全社）", _printed(office)],
        groups=[
            ("", 3),
            ("企業属性", 3),
            ("担当", 2),
            ("取引状況", 7),
            ("取引関係への投資（評価 1～7）", 12),
            ("", 2),
        ],
        headings=[
            *("No.", "取引先コード", "取引先名", "業種", "地域", "従業員数"),
            *("営業担当", "担当者", "取引開始日", "重点顧客", "契約有無", "顧客内シェア（%）"),
            *("平均受注額（千円）", "前年度売上（千円）", "前年度比増減（千円）"),
            *ratings,
            *("備考", "最終更新日時"),
        ],
        lines=lines,
        key="取引先コード",
    )
    _write_as_people_do(page)
    _spoil_customers(page)
    total = sum(line.cells[page.at("前年度売上（千円）")] or 0 for line in page.records)  # type: ignore[misc]
    count = f"{len(page.records)}件"
    page.lines.append(
        _sparse(page, {"No.": "合計", "取引先名": count, "前年度売上（千円）": total}, "total")
    )
    page.lines += [
        _sparse(page, {"No.": "※ 金額は税抜、千円未満を四捨五入しています。"}, "note"),
        _sparse(page, {"No.": "※ 担当者は4月1日付の異動をまだ反映していません。"}, "note"),
    ]
    return page


def people(office: Office) -> Page:
    """Return the people at the customers."""
    spec, draw = table("contacts"), office.draw
    names = office["accounts"].set_index("account_id")["name"]
    lines = [
        Line(
            [
                row.contact_id,
                row.account_id,
                names[row.account_id],
                row.name,
                row.function,
                spec["buying_role"].values[row.buying_role].ja,
                spec["stance"].values[row.stance].ja,
                whole(row.influence),
                LAST_SEEN[int(draw.integers(len(LAST_SEEN)))](day_of(row.last_contact)),
            ]
        )
        for row in office["contacts"].itertuples()
    ]
    headings = ["担当者ID", "取引先コード", "取引先名", "氏名", "部署"]
    headings += ["購買での役割", "自社への態度", "影響力", "最終接触日"]
    page = Page("先方担当者", [], headings, lines, key="担当者ID")
    first = page.records
    page.spoil(first[9], "自社への態度", "やや好意的", "not one of the three stances")
    page.spoil(first[33], "影響力", 6, "beyond 5")
    page.spoil(first[58], "取引先コード", "009999", "no such customer")
    page.spoil(first[90], "最終接触日", "先月ごろ", "no date")
    first[20].cells[page.at("最終接触日")] = "不明"
    first[21].cells[page.at("影響力")] = wide(first[21].cells[page.at("影響力")])
    return page


def _printed(office: Office) -> str:
    day = era_day(day_of(office.exported))
    return f"出力日：{day}　　出力：営業企画課　　※架空のデータです（kamlab の模擬データから作成）"


def _last_change(exported: pd.Timestamp, number: int) -> str:
    day = day_of(exported - pd.Timedelta(days=number * number % 97 + 1))
    return f"{slashes(day)} {8 + number % 10}:{number % 60:02d}"


def _thousands(amount: float | None) -> Cell:
    return None if amount is None or pd.isna(amount) else whole(round(amount / THOUSAND, 1))


def _change(amount: float | None, number: int) -> Cell:
    if amount is None:
        return None
    return whole(amount / THOUSAND) if number % 3 else triangle(amount / THOUSAND)


def _write_as_people_do(page: Page) -> None:
    """Write some cells as people do: nothing here is wrong, and all of it is to be read."""
    people_at, share, key = page.at("従業員数"), page.at("顧客内シェア（%）"), page.at("重点顧客")
    name, remark = page.at("取引先名"), page.at("備考")
    for number, line in enumerate(page.records):
        cells = line.cells
        if number % 7 == 1:
            cells[people_at] = f"{cells[people_at]:,}名"
        if number % 11 == 4:
            cells[people_at] = wide(cells[people_at])
        if number % 13 == 5:
            cells[share] = f"{cells[share]}%"
        if number % 17 == 6:
            cells[key] = "〇" if cells[key] == "○" else "✕"
        if number % 10 == 3:
            cells[name] = str(cells[name]).replace("株式会社", "㈱")
        if number % 10 == 7:
            cells[name] = str(cells[name]).replace("株式会社", "（株）")
        if number % 19 == 8:
            cells[remark] = "特になし"
    page.find("000107").cells[people_at] = "不明"


def _spoil_customers(page: Page) -> None:
    page.spoil(page.find("000268"), "従業員数", "約300", "about, not a number")
    page.spoil(page.find("000184"), "取引開始日", "平成2年2月30日", "not in the calendar")
    page.spoil(page.find("000226"), "取引開始日", "平成31年5月20日", "after the end of the era")
    page.spoil(page.find("000415"), "顧客内シェア（%）", 135, "more than the whole")
    page.spoil(page.find("000310"), "重点顧客", "検討中", "neither yes nor no")
    page.again(page.find("000198"), "the same row twice")
    twice = page.find("000338")
    twice.faults[""] = "one code, two contents"
    page.again(twice, "one code, two contents", 担当者="佐藤", 従業員数=1700, 営業担当="営業三課")
    new = Line([None] * len(page.headings), faults={"取引先コード": "no code yet"})
    new.cells[: page.at("取引開始日")] = [
        None,
        None,
        "梢メディカル株式会社",
        "医療",
        "関東",
        45,
        "営業二課",
        "高橋",
    ]
    new.cells[page.at("備考")] = "新規。コード申請中"
    double = list(page.find("000170").cells)
    double[page.at("取引先コード")] = "000527"
    double[page.at("取引先名")] = str(double[page.at("取引先名")]).replace("株式会社", " (株)")
    double[page.at("取引開始日")] = date(2023, 10, 2)
    new.cells[page.at("No.")], double[page.at("No.")] = ACCOUNTS + 1, ACCOUNTS + 2
    page.lines += [new, Line(double)]


def _sparse(page: Page, cells: dict[str, Cell], kind: str) -> Line:
    line = Line([None] * len(page.headings), kind=kind)  # type: ignore[arg-type]
    for heading, cell in cells.items():
        line.cells[page.at(heading)] = cell
    return line
