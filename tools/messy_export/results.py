"""Results by fiscal year and the orders, with what goes wrong in them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from tools.messy_export.office import Office
from tools.messy_export.page import Cell, Line, Page
from tools.messy_export.wording import day_of, era_day, slashes, triangle, typed, whole, wide

THOUSAND, MILLION = 1_000, 1_000_000
MARKS = {True: "○", False: "×"}


def results(office: Office) -> Page:
    """Return the years: merged cells, a subtotal each, three units of money in one sheet."""
    names = office["accounts"].set_index("account_id")["name"]
    headings = ["年度", "取引先コード", "取引先名", "期首日", "期末日", "更新対象", "継続"]
    headings += ["売上高", "貢献利益（千円）", "顧客対応費用（百万円）"]
    page = Page(
        name="年度実績",
        above=["年度別 取引先実績", "（単位：千円。ただし顧客対応費用は百万円）"],
        headings=headings,
        lines=[],
        key="取引先コード",
        merged="年度",
    )
    for year, rows in office["periods"].groupby("period"):
        page.lines += [Line(_result(row, names[row.account_id])) for row in rows.itertuples()]
        if rows["revenue"].notna().any():
            page.lines.append(_subtotal(page, rows))
        if year == 2023:
            page.lines.append(Line(list(headings), kind="headings"))
    _spoil_results(page)
    page.lines.append(_note(page, "注）2026年度は契約更新の手続き中のため、継続と金額は未定です。"))
    return page


def orders(office: Office) -> Page:
    """Return the orders: amounts in yen as several programs and people write them."""
    names, draw = office["accounts"].set_index("account_id")["name"], office.draw
    days = (typed, slashes, era_day)
    lines = [
        Line(
            [
                row.order_id,
                days[int(draw.choice(3, p=[0.7, 0.2, 0.1]))](day_of(row.ordered_on)),
                row.account_id,
                names[row.account_id],
                row.product_family,
                _amount(row.amount, draw),
                "返品" if row.amount < 0 else None,
            ]
        )
        for row in office["transactions"].itertuples()
    ]
    headings = [
        "受注番号",
        "受注日",
        "取引先コード",
        "取引先名",
        "商品群",
        "受注金額（円）",
        "摘要",
    ]
    page = Page("受注明細", ["受注明細"], headings, lines, key="受注番号")
    _spoil_orders(page)
    total = office["transactions"]["amount"].sum()
    sums = Line([None] * len(headings), kind="total")
    sums.cells[0], sums.cells[page.at("受注金額（円）")] = "合計", whole(total)
    page.lines.append(sums)
    return page


def _result(row: object, name: str) -> list[Cell]:
    open_still = pd.isna(row.stayed)  # type: ignore[attr-defined]
    return [
        int(row.period),  # type: ignore[attr-defined]
        row.account_id,  # type: ignore[attr-defined]
        name,
        day_of(row.start),  # type: ignore[attr-defined]
        day_of(row.end),  # type: ignore[attr-defined]
        MARKS[bool(row.offered_renewal)],  # type: ignore[attr-defined]
        "未定" if open_still else MARKS[bool(row.stayed)],  # type: ignore[attr-defined]
        whole(row.revenue / THOUSAND),  # type: ignore[attr-defined]
        whole(row.margin / THOUSAND),  # type: ignore[attr-defined]
        whole(row.cost_to_serve / MILLION),  # type: ignore[attr-defined]
    ]


def _subtotal(page: Page, rows: pd.DataFrame) -> Line:
    line = Line([None] * len(page.headings), kind="subtotal")
    line.cells[0] = "小計"
    line.cells[page.at("売上高")] = whole(rows["revenue"].sum() / THOUSAND)
    line.cells[page.at("貢献利益（千円）")] = whole(rows["margin"].sum() / THOUSAND)
    line.cells[page.at("顧客対応費用（百万円）")] = whole(rows["cost_to_serve"].sum() / MILLION)
    return line


def _note(page: Page, text: str) -> Line:
    return Line([text, *[None] * (len(page.headings) - 1)], kind="note")


def _spoil_results(page: Page) -> None:
    records = page.records
    for number, line in enumerate(records):
        revenue = line.cells[page.at("売上高")]
        if isinstance(revenue, int):
            if number % 8 == 2:
                line.cells[page.at("売上高")] = f"{revenue:,}"
            if number % 23 == 5:
                line.cells[page.at("売上高")] = wide(f"{revenue:,}")
            if number % 29 == 7:
                line.cells[page.at("売上高")] = f"{revenue:,}千円"
        if number % 12 == 3:
            line.cells[page.at("期首日")] = era_day(line.cells[page.at("期首日")])  # type: ignore[arg-type]
    page.spoil(records[11], "売上高", "集計中", "no number yet")
    page.spoil(records[52], "継続", "交渉中", "neither yes nor no")
    page.spoil(records[70], "期末日", date(2023, 3, 31), "ends before it begins")
    page.spoil(records[95], "取引先コード", "000999", "no such customer")
    page.spoil(records[101], "貢献利益（千円）", "US$12,300", "another currency")
    page.again(records[121], "the same row twice")
    in_yen = records[33]
    in_yen.cells[page.at("貢献利益（千円）")] *= THOUSAND  # type: ignore[operator]


def _amount(amount: float, draw: np.random.Generator) -> Cell:
    yen = int(amount)
    styles = (yen, f"¥{yen:,}", f"{yen:,}円", wide(f"{yen:,}"), f"{yen:,}")
    if yen < 0:
        styles = (yen, triangle(yen), f"({-yen:,})", f"△{-yen:,}", f"{-yen:,}-")
        return styles[int(draw.integers(1, len(styles)))]
    return styles[int(draw.choice(len(styles), p=[0.6, 0.15, 0.1, 0.05, 0.1]))]


def _spoil_orders(page: Page) -> None:
    records = page.records
    page.spoil(records[14], "受注金額（円）", "1,23,000", "a separator at the wrong place")
    page.spoil(records[27], "受注金額（円）", "$1,850", "another currency")
    page.spoil(records[40], "受注日", "2023/2/29", "not in the calendar")
    page.spoil(records[61], "受注日", "4/5/2023", "day first or month first")
    page.spoil(records[77], "取引先コード", "スポット", "no such customer")
    page.again(records[88], "the same row twice")
    records[103].faults[""] = "one number, two orders"
    page.again(records[103], "one number, two orders", **{"受注金額（円）": 98_000})
    page.spoil(records[119], "受注金額（円）", "#REF!", "a formula that failed")
