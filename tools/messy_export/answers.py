"""The answers to the questionnaire: one row in twelve has something wrong with it."""

from __future__ import annotations

from kamlab.accounts.tables import table
from tools.messy_export.office import Office
from tools.messy_export.page import Line, Page
from tools.messy_export.wording import day_of, era_day, era_short, slashes, typed, whole, wide

ITEMS_FROM = 5
DAYS = (typed, typed, slashes, era_short, era_day)
NO_ANSWER = "9, which stands for no answer in this form, as only a mapping can say"
BLANKS = ("未回答", "－", "無回答", "N/A")


def answers(office: Office) -> Page:
    """Return the answers, with 9 for "no answer" as the note above them says."""
    columns = table("survey").columns
    items = [column for column in columns if column.type == "rating"]
    draw = office.draw
    lines = [
        Line(
            [
                row.account_id,
                row.respondent_id,
                int(row.wave),
                DAYS[int(draw.integers(len(DAYS)))](day_of(row.answered_on)),
                row.role,
                *(whole(getattr(row, item.name)) for item in items),
            ]
        )
        for row in office["survey"].itertuples()
    ]
    headings = ["取引先コード", "回答者ID", "調査回", "回答日", "役職"]
    headings += [wide(item.label.ja) for item in items]
    above = "顧客アンケート（1 まったく当てはまらない ～ 7 非常に当てはまる）"
    page = Page("アンケート回答", [above, ""], headings, lines, key="回答者ID")
    _write_as_people_do(page, office)
    _spoil(page, office)
    return page


def _write_as_people_do(page: Page, office: Office) -> None:
    draw = office.draw
    for line in page.records:
        for at in range(ITEMS_FROM, len(page.headings)):
            whim = draw.random()
            if line.cells[at] is None:
                if whim < 0.3:
                    line.cells[at] = BLANKS[int(draw.integers(len(BLANKS)))]
            elif whim < 0.002:
                line.cells[at] = wide(line.cells[at])
            elif whim < 0.0025:
                line.cells[at] = f"{line.cells[at]}点"


def _spoil(page: Page, office: Office) -> None:
    """Spoil 1 row in 12 (8 %): each group of rows in one way."""
    records, draw = page.records, office.draw
    chosen = iter(draw.permutation(len(records))[: round(0.08 * len(records))].tolist())
    items = page.headings[ITEMS_FROM:]

    def take(count: int) -> list[Line]:
        return [records[next(chosen)] for _ in range(count)]

    def item() -> str:
        return items[int(draw.integers(len(items)))]

    for line in take(14):
        page.spoil(line, item(), 9, NO_ANSWER)
    for line in take(4):
        page.spoil(line, item(), 0, "below 1")
    for line in take(2):
        page.spoil(line, item(), "どちらでもない", "words")
    for line in take(5):
        shortened = int(str(line.cells[0]))
        page.spoil(line, "取引先コード", shortened, "the leading zeros are lost")
    for line in take(4):
        page.spoil(line, "取引先コード", "000999", "no such customer")
    for line in take(2):
        page.spoil(line, "回答日", "R7.2.30", "not in the calendar")
    for line in take(2):
        page.spoil(line, "回答日", None, "empty")
    for line in take(2):
        page.spoil(line, "回答者ID", None, "empty")
    for line in take(4):
        page.again(line, "the same row twice")
    for line in take(8):  # nothing in a cell is wrong: all answers are alike
        line.cells[ITEMS_FROM:] = [4] * len(items)
