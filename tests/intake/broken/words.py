"""Yes and no, and the values of categories."""

from __future__ import annotations

from tests.intake.broken.builders import CONTACTS, LOG, PERIODS, Broken, accounts, csv_folder

BROKEN = {
    "maybe": Broken(
        accounts("is_key", "△"),
        ["column is_key, row 2: '△' is neither yes nor no", "Write TRUE or FALSE", "(values)"],
        ["「△」", "TRUE または FALSE", "対応表の values"],
    ),
    "double circle": Broken(
        accounts("is_key", "◎"),
        ["column is_key, row 2: '◎' is neither yes nor no"],
        ["「◎」", "TRUE または FALSE"],
    ),
    "two for yes": Broken(
        accounts("has_contract", "2"),
        ["column has_contract, row 2: '2' is neither yes nor no"],
        ["列「has_contract」、2行目"],
    ),
    "letter that may be a tick or a cross": Broken(
        accounts("is_key", "x"), ["row 2: 'x' is neither yes nor no"], ["2行目", "「x」"]
    ),
    "talks going on": Broken(
        csv_folder(periods=f"{PERIODS},stayed\nA-1,1,2026-04-01,2027-03-31,交渉中\n"),
        ["table periods, column stayed, row 2: '交渉中' is neither yes nor no"],
        ["列「stayed」、2行目", "「交渉中」"],
    ),
    "misspelt stance": Broken(
        csv_folder(contacts=f"{CONTACTS},stance\nC-1,A-1,suporter\n"),
        ["'suporter' is not one of the values allowed (did you mean 'supporter'?)", "sceptic"],
        ["「supporter」の誤り", "懐疑的"],
    ),
    "stance of their own": Broken(
        csv_folder(contacts=f"{CONTACTS},自社への態度\nC-1,A-1,やや好意的\n"),
        ["column 自社への態度 (stance), row 2: 'やや好意的' is not one of the values allowed"],
        ["「やや好意的」は許される値ではありません", "支持"],
    ),
    "buying role of their own": Broken(
        csv_folder(contacts=f"{CONTACTS},buying_role\nC-1,A-1,boss\n"),
        ["table contacts, column buying_role, row 2: 'boss'", "decider"],
        ["列「buying_role」、2行目", "決定者"],
    ),
    "kind of activity of their own": Broken(
        csv_folder(interactions=f"{LOG},種別\nI-1,A-1,2026-04-01,ゴルフ\n"),
        ["table interactions, column 種別 (kind), row 2: 'ゴルフ'", "meeting", "in a mapping"],
        ["列「種別 (kind)」、2行目", "面談", "対応表の values"],
    ),
    "direction and outcome": Broken(
        csv_folder(interactions=f"{LOG},direction,outcome\nI-1,A-1,2026-04-01,both,検討する\n"),
        ["column direction, row 2: 'both'", "column outcome, row 2: '検討する'"],
        ["列「direction」、2行目", "列「outcome」、2行目"],
    ),
    "simulated or not": Broken(
        csv_folder(settings="name,currency,simulated\nX,JPY,partly\n"),
        ["table settings, column simulated, row 2: 'partly'"],
        ["表「settings」、列「simulated」、2行目"],
    ),
}
