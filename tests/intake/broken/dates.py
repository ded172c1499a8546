"""Days that the calendar does not have, or that can be read in two ways."""

from __future__ import annotations

from tests.intake.broken.builders import PERIODS, Broken, accounts, answered_on, csv_folder

PLACE = "table survey, column answered_on, row 2: "
ERA = ("lies outside of its era", "元号の期間に含まれません")
NO_DAY = ("names no day", "日まで入力して")
ZONE = ('timezone = "Asia/Tokyo"', 'timezone = "Asia/Tokyo"')
PLACE_JA = "表「survey」、列「answered_on」、2行目"


def day(cell: str, english: str, japanese: str) -> Broken:
    """Return a survey whose only answer has this day."""
    return Broken(
        answered_on(cell), [PLACE, f"'{cell}'", english], [PLACE_JA, f"「{cell}」", japanese]
    )


BROKEN = {
    "day or month first": day(
        "03/04/2026", "can be read with the day first or the month first", "日が先とも月が先とも"
    ),
    "day or month first, though only one is possible": day(
        "31/12/2026", "date_order", "対応表で指定"
    ),
    "not in the calendar": day("2026-02-30", "Correct the year", "暦にない"),
    "not in the calendar, in Japanese": day("2026年13月1日", "Correct the year", "暦にない"),
    "leap day of another year": day("令和7年2月29日", "Correct the year", "暦にない"),
    "after the end of its era": day("平成31年5月1日", *ERA),
    "before its era began": day("令和元年4月30日", *ERA),
    "year zero of an era": day("令和0年4月1日", *ERA),
    "wrong day of the week": day(
        "2026年4月1日（木）", "take the day of the week out", "日付と曜日が一致しません"
    ),
    "month only": day("2026年4月", *NO_DAY),
    "month of an era only": day("R8.4", *NO_DAY),
    "fiscal year only": day("2026年度", *NO_DAY),
    "month only, in English": day("Apr 2026", *NO_DAY),
    "two digits for the year": day("1 Apr 26", "with four digits", "年を4桁で"),
    "time zone": day("2026-04-01T09:00:00Z", *ZONE),
    "time zone as hours": day("2026-04-01 09:00:00+09:00", *ZONE),
    "words": day("先月末", "Write the year first", "西暦の年から"),
    "plan": day("4月上旬", "Write the year first", "西暦の年から"),
    "day without year": day("4/1", "Write the year first", "西暦の年から"),
    "number that is no count of days": day("46", "Excel's count of days", "シリアル値"),
    "not in the calendar, without separators": day("20261301", "Correct the year", "暦にない"),
    "hour beyond the day": day("2026-04-01 25:00", "Correct the year", "暦にない"),
    "customer since a guess": Broken(
        accounts("customer_since", "1998年ごろ"),
        ["table accounts, column customer_since, row 2: '1998年ごろ' is not a date"],
        ["列「customer_since」、2行目", "「1998年ごろ」"],
    ),
    "year as the day a period begins": Broken(
        csv_folder(periods=f"{PERIODS}\nA-1,2026,2026,2027-03-31\n"),
        ["table periods, column start, row 2: '2026'"],
        ["列「start」、2行目", "「2026」"],
    ),
}
