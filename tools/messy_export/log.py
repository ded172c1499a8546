"""The log of activities, in the words of those who visit customers."""

from __future__ import annotations

from kamlab.accounts.tables import table
from tools.messy_export.office import Office
from tools.messy_export.page import Line, Page
from tools.messy_export.wording import day_of, moment_of, slashes

THEIR_WORDS = {"面談": "訪問", "苦情": "クレーム", "失注後の再提案": "再提案"}
"""Labels of kamlab that this office words otherwise; only a mapping can say so."""

CONTENT = {
    "meeting": ("定例の打合せ", "次年度の更新について打合せ", "新任の購買課長へ挨拶"),
    "proposal": ("保守契約の見直しを提案", "後継機への切替を提案"),
    "lost_deal": ("価格で他社に決定", "予算が見送りとなった"),
    "re_proposal": ("前回の失注理由を踏まえて再提案", "仕様を変えて再提案"),
    "introduction": ("他工場の製造部長を紹介いただく", "系列会社の購買をご紹介"),
    "complaint": ("納期遅れについて\n厳しいお叱り", "部品不良の連絡。代替品を手配"),
    "inbound_after_silence": ("1年ぶりに先方から相談", "久しぶりの引合い"),
    "request_for_proposal": ("来期設備の提案依頼", "仕様書を受領"),
    "instruction": ("値下げの要請", "納入時間の変更を指示される"),
}


def activities(office: Office) -> Page:
    """Return the log."""
    names = office["accounts"].set_index("account_id")["name"]
    manager = office["accounts"].set_index("account_id")["manager"]
    spec, draw = table("interactions"), office.draw
    lines = []
    for row in office["interactions"].itertuples():
        label = spec["kind"].values[row.kind].ja
        told = CONTENT[row.kind]
        moment = moment_of(row.occurred_on, 15 * int(draw.integers(36)))
        written = f"{slashes(day_of(row.occurred_on))} {moment:%H:%M}"
        lines.append(
            Line(
                [
                    row.interaction_id,
                    written if draw.random() < 0.2 else moment,
                    row.account_id,
                    names[row.account_id],
                    THEIR_WORDS.get(label, label),
                    spec["direction"].values[row.direction].ja,
                    spec["outcome"].values[row.outcome].ja,
                    manager[row.account_id],
                    told[int(draw.integers(len(told)))],
                ]
            )
        )
    headings = [
        "活動ID",
        "活動日",
        "取引先コード",
        "取引先名",
        "種別",
        "発信元",
        "結果",
        "当社担当",
        "内容",
    ]
    page = Page("活動履歴", [], headings, lines, key="活動ID")
    records = page.records
    page.spoil(records[25], "種別", "その他", "not one of the kinds")
    page.spoil(records[130], "種別", "ゴルフ", "not one of the kinds")
    page.spoil(records[61], "活動日", None, "empty")
    page.spoil(records[205], "活動日", "3/4/2025", "day first or month first")
    page.spoil(records[300], "取引先コード", "000999", "no such customer")
    page.spoil(records[411], "結果", "検討する", "not one of the outcomes")
    page.again(records[350], "the same row twice")
    return page
