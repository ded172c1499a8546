"""The exports as a whole: of one quarter, of the next, and of two other programs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tools.messy_export.answers import answers
from tools.messy_export.customers import customers, people
from tools.messy_export.log import activities
from tools.messy_export.office import ACCOUNTS, SEED, Office, first_export, next_export
from tools.messy_export.other_programs import english_customers, plain_customers
from tools.messy_export.page import Page
from tools.messy_export.results import orders, results
from tools.messy_export.workbook import write_workbook

MEMO = [
    ["このファイルについて"],
    ["・営業管理システムから出力した後、各課で手入力・追記しています。"],
    ["・取引先コードは6桁（先頭のゼロを含む）。CSVで開くとゼロが消えるので注意。"],
    ["・アンケートの 9 は「無回答」です（フォームの仕様）。"],
    ["・受注明細は契約のない取引先（都度注文）だけを載せています。"],
    ["・4月の組織変更で担当が変わる取引先は、次回の出力から反映します。"],
    ["・すべて架空のデータです。実在の会社・人物とは関係ありません。"],
    [f"　（kamlab の simulate_company(n_accounts={ACCOUNTS}, seed={SEED}) から作成）"],
]
CODES = [["業種", "地域"], ["機械", "北海道"], ["電子", "東北"], ["化学", "関東"], ["食品", "中部"]]
CODES += [["物流", "近畿"], ["建設", "中国"], ["医療", "四国"], ["小売", "九州"]]


def pages(office: Office) -> list[Page]:
    """Return the pages of a quarter's workbook."""
    return [each(office) for each in (customers, results, answers, orders, activities, people)]


def first_pages() -> list[Page]:
    """Return the pages of `messy_export_ja.xlsx`."""
    return pages(first_export())


def next_pages() -> list[Page]:
    """Return the pages a quarter later: a system update has changed their shape.

    In the customer list a heading is renamed, one is new, one is gone, and the headings stand a
    row lower; one sheet has another name.
    """
    changed = pages(next_export())
    customer_list = changed[0]
    customer_list.above.insert(1, "（2026年6月のシステム更新により、出力項目を変更しました）")
    customer_list.headings[customer_list.at("従業員数")] = "従業員数（連結）"
    _drop(customer_list, "顧客内シェア（%）")
    _add(customer_list, "与信ランク", "BABBCA", before="備考")
    customer_list.groups = [
        (name, span - 1 if name == "取引状況" else span) for name, span in customer_list.groups[:-1]
    ] + [("", 3)]
    next(page for page in changed if page.name == "受注明細").name = "受注明細_1Q"
    return changed


def write_all(folder: Path) -> None:
    """Write all examples into a folder."""
    extra = {".コード表": CODES, "メモ": MEMO}
    write_workbook(first_pages(), extra, folder / "messy_export_ja.xlsx")
    write_workbook(next_pages(), extra, folder / "messy_export_ja_next.xlsx")
    office = first_export()
    japanese = _as_csv(plain_customers(office), quoting=csv.QUOTE_ALL).encode("cp932")
    folder.joinpath("messy_export_ja.csv").write_bytes(japanese)
    english = _as_csv(english_customers(office), quoting=csv.QUOTE_MINIMAL).encode("utf-8-sig")
    folder.joinpath("messy_export_en.csv").write_bytes(english)


def _drop(page: Page, heading: str) -> None:
    at = page.at(heading)
    page.headings.pop(at)
    for line in page.lines:
        line.cells.pop(at)
        line.faults.pop(heading, None)


def _add(page: Page, heading: str, ranks: str, before: str) -> None:
    at = page.at(before)
    page.headings.insert(at, heading)
    for number, line in enumerate(page.lines):
        line.cells.insert(at, ranks[number % len(ranks)] if line.kind == "record" else None)


def _as_csv(rows: list[list[str]], quoting: int) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return stream.getvalue()
