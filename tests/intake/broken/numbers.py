"""Numbers, money, shares and ratings."""

from __future__ import annotations

from tests.intake.broken.builders import (
    CONTACTS,
    PERIODS,
    SURVEY,
    Broken,
    accounts,
    csv_folder,
    order,
)

GROUPS = ["do not part groups of three digits", "Write 1234.56 or 1,234.56"]
GROUPS_JA = ["3桁区切りになっていません", "小数点はピリオド"]
ONE_NUMBER = ["Write one number"]
ONE_NUMBER_JA = ["1つの数値を入力"]
AMOUNT_2 = "table transactions, column amount, row 2: "
AMOUNT_2_JA = "表「transactions」、列「amount」、2行目"


def amount(cell: str) -> object:
    return order("amount", f'"{cell}"')


BROKEN = {
    "words": Broken(
        amount("call us"), [AMOUNT_2, "'call us' is not a number"], [AMOUNT_2_JA, "「call us」"]
    ),
    "thousands without a declared unit": Broken(
        amount("1,234千円"),
        [AMOUNT_2, "'1,234千円' names a unit of its own", "Declare the unit", "propose_mapping"],
        [AMOUNT_2_JA, "「1,234千円」には単位が付いています", "対応表で列の単位を指定"],
    ),
    "millions in English": Broken(
        amount("1.2 million"),
        [AMOUNT_2, "'1.2 million' names a unit of its own", "write the full amount"],
        [AMOUNT_2_JA, "「1.2 million」には単位が付いています"],
    ),
    "dollars among yen": Broken(
        amount("$1,850"),
        [AMOUNT_2, "'$1,850' is in another currency", "declare it (currency)"],
        [AMOUNT_2_JA, "「$1,850」は別の通貨", "currency で指定"],
    ),
    "euros by their code": Broken(
        amount("EUR 1850"),
        [AMOUNT_2, "'EUR 1850' is in another currency", "declare it (currency)"],
        [AMOUNT_2_JA, "「EUR 1850」は別の通貨", "currency で指定"],
    ),
    "comma for decimals": Broken(
        amount("1.234,56"),
        [AMOUNT_2, "'1.234,56'", *GROUPS],
        [AMOUNT_2_JA, "「1.234,56」", *GROUPS_JA],
    ),
    "separator at the wrong place": Broken(
        amount("1,23,000"),
        [AMOUNT_2, "'1,23,000'", *GROUPS],
        [AMOUNT_2_JA, "「1,23,000」", *GROUPS_JA],
    ),
    "two signs": Broken(
        amount("▲-500"),
        [AMOUNT_2, "'▲-500' is not a number", "-500 or ▲500"],
        [AMOUNT_2_JA, "「▲-500」は数値ではありません", "-500 や ▲500"],
    ),
    "open bracket": Broken(
        amount("(1,234"),
        [AMOUNT_2, "'(1,234' is not a number"],
        [AMOUNT_2_JA, "「(1,234」は数値ではありません"],
    ),
    "about": Broken(
        amount("約100万"),
        [AMOUNT_2, "'約100万' is not one exact number", *ONE_NUMBER],
        [AMOUNT_2_JA, "「約100万」は1つに決まる数値ではありません", *ONE_NUMBER_JA],
    ),
    "from and to": Broken(
        amount("100～200"),
        [AMOUNT_2, "'100～200' is not one exact number", *ONE_NUMBER],
        [AMOUNT_2_JA, "「100～200」は1つに決まる数値ではありません", *ONE_NUMBER_JA],
    ),
    "too large for a number": Broken(
        amount("1e999"), [AMOUNT_2, "'1e999' is not a"], [AMOUNT_2_JA, "「1e999」は"]
    ),
    "failed formula": Broken(
        amount("#REF!"),
        [AMOUNT_2, "'#REF!' is an error of a spreadsheet formula", "Mend the formula"],
        [AMOUNT_2_JA, "数式を直す"],
    ),
    "cost below nothing": Broken(
        csv_folder(periods=f"{PERIODS},cost_to_serve\nA-1,1,2026-04-01,2027-03-31,▲5\n"),
        ["table periods, column cost_to_serve, row 2: '▲5' is out of range", "0 or more"],
        ["列「cost_to_serve」、2行目", "「▲5」は範囲外", "0以上"],
    ),
    "people in words": Broken(
        accounts("employees", "about 50"),
        ["column employees, row 2: 'about 50' is not one exact number", "Allowed: 1 or more"],
        ["列「employees」、2行目", "「about 50」は1つに決まる数値", "1以上"],
    ),
    "people and more": Broken(
        accounts("employees", "120名以上"),
        ["row 2: '120名以上' is not one exact number", *ONE_NUMBER],
        ["2行目", "「120名以上」は1つに決まる数値ではありません", *ONE_NUMBER_JA],
    ),
    "half a person": Broken(
        accounts("employees", "12.5"),
        ["column employees, row 2: '12.5' is not a whole number"],
        ["「12.5」は整数ではありません"],
    ),
    "nobody": Broken(
        accounts("employees", "0"),
        ["column employees, row 2: '0' is out of range", "Allowed: 1 or more"],
        ["「0」は範囲外"],
    ),
    "percentage points": Broken(
        accounts("share_of_wallet", "35"),
        ["'35' is out of range", "declare the unit % in a mapping"],
        ["「35」は範囲外", "対応表で単位を % と指定"],
    ),
    "more than the whole": Broken(
        accounts("share_of_wallet", "135%"),
        ["column share_of_wallet, row 2: '135%' is out of range"],
        ["「135%」は範囲外"],
    ),
    "share in tenths": Broken(
        accounts("share_of_wallet", "3割5分"),
        ["column share_of_wallet, row 2: '3割5分' is not a share", "Write 0.35 for 35 %"],
        ["「3割5分」は割合ではありません", "0.35 と入力"],
    ),
    "answer beyond the scale": Broken(
        csv_folder(survey=f"{SURVEY},信頼1\nA-1,R-1,1,2026-04-01,9\n"),
        [
            "table survey, column 信頼1 (trust_1), row 2: '9' is out of range",
            "1 to 7",
            "under blank",
        ],
        ["列「信頼1 (trust_1)」", "1以上7以下", "対応表の blank"],
    ),
    "answer below the scale": Broken(
        csv_folder(survey=f"{SURVEY},trust_1\nA-1,R-1,1,2026-04-01,０\n"),
        ["column trust_1, row 2: '０' is out of range"],
        ["列「trust_1」、2行目", "「０」は範囲外"],
    ),
    "answer in words": Broken(
        csv_folder(survey=f"{SURVEY},trust_1\nA-1,R-1,1,2026-04-01,そう思う\n"),
        ["column trust_1, row 2: 'そう思う' is not a number"],
        ["列「trust_1」、2行目", "「そう思う」"],
    ),
    "influence on another scale": Broken(
        csv_folder(contacts=f"{CONTACTS},influence\nC-1,A-1,7\n"),
        ["table contacts, column influence, row 2: '7' is out of range", "1 to 5"],
        ["列「influence」、2行目", "1以上5以下"],
    ),
    "wave zero": Broken(
        csv_folder(survey=f"{SURVEY}\nA-1,R-1,0,2026-04-01\n"),
        ["table survey, column wave, row 2: '0' is out of range"],
        ["列「wave」、2行目", "1以上"],
    ),
    "period in words": Broken(
        csv_folder(periods=f"{PERIODS}\nA-1,FY2026,2026-04-01,2027-03-31\n"),
        ["column period, row 2: 'FY2026' is not a whole number", "such as 2026"],
        ["2026 のように"],
    ),
}
