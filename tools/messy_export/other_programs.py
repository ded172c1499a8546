"""The customer list as two other programs write it: an order system and an English CRM."""

from __future__ import annotations

import pandas as pd

from tools.messy_export.office import Office, closed_revenue
from tools.messy_export.wording import dashes, day_of, triangle, whole

OWNERS = {
    **{"佐藤": "Sato", "鈴木": "Suzuki", "高橋": "Takahashi", "田中": "Tanaka"},
    **{"伊藤": "Ito", "渡辺": "Watanabe", "山本": "Yamamoto", "中村": "Nakamura"},
}
TRADES = {
    **{"機械": "Machinery", "電子": "Electronics", "化学": "Chemicals", "食品": "Food"},
    **{"物流": "Logistics", "建設": "Construction", "医療": "Healthcare", "小売": "Retail"},
}
PLAIN = ("得意先コード", "得意先名", "業種", "地区", "従業員数", "担当者", "取引開始日")
PLAIN += ("重点顧客フラグ", "前年比増減（円）")
ENGLISH = ("Account Number", "Account Name", "Account Owner", "Industry", "Employees")
ENGLISH += ("Customer Since", "Key Account", "Share of Wallet")
ENGLISH += ("Average Order Value (thousand)", "Description")
THOUSAND = 1000
REMARK = 'Said: "call us in spring", then left'


def plain_customers(office: Office) -> list[list[str]]:
    """Return the customer list as an order system writes it to a cp932 file, headings first."""
    rows = [
        [
            "得意先コード",
            "得意先名",
            "業種",
            "地区",
            "従業員数",
            "担当者",
            "取引開始日",
            "重点顧客フラグ",
            "前年比増減（円）",
        ]
    ]
    change = closed_revenue(office["periods"])["change"]
    for number, row in enumerate(office["accounts"].itertuples()):
        name = row.name.replace("株式会社", "㈱")
        changed = change.get(row.account_id)
        rows.append(
            [
                row.account_id,
                name if number % 3 else f"{name}　髙﨑事業所",
                row.industry,
                row.region,
                str(whole(row.employees)),
                row.manager,
                dashes(day_of(row.customer_since)).replace("-", ""),
                "1" if row.is_key else "0",
                "" if changed is None else triangle(changed),
            ]
        )
    return rows


def english_customers(office: Office) -> list[list[str]]:
    """Return the customer list as an English CRM reports it, headings first."""
    rows = [list(ENGLISH)]
    for number, row in enumerate(office["accounts"].itertuples()):
        since, value = day_of(row.customer_since), row.mean_order_value
        rows.append(
            [
                row.account_id,
                row.name_en,
                OWNERS[row.manager],
                TRADES[row.industry],
                f"{row.employees:,.0f}" if number % 9 else "N/A",
                f"{since.month}/{since.day}/{since.year}",
                "Yes" if row.is_key else "No",
                f"{row.share_of_wallet * 100:.0f}%",
                "-" if pd.isna(value) else f"{value / THOUSAND:,.1f}",
                REMARK if number % 20 == 7 else "",
            ]
        )
    rows[12][ENGLISH.index("Customer Since")] = "13/25/2014"
    rows[30][ENGLISH.index("Share of Wallet")] = "135%"
    rows.append(["Total", f"{len(rows) - 1} accounts", *[""] * 8])
    return rows
