"""Answers of notebook 12, from the files themselves and from the formula."""

import tomllib

import kamlab as kl
from kamlab.reproduction.reading import shipped_files
from tests.lab.by_hand.question import Question


def rows():
    """Every number that is held against ours: its status, and the number as it is typed."""
    for path in shipped_files():
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        for block in file.get("reproduces", []):
            for case in block["cases"]:
                yield block["status"], case["value"], block["tolerance"]


def read_in_print(_):
    return float(sum(status == "published" for status, _, _ in rows()))


def out_at_half(_):
    """Ours is the ledger's; the numbers that it is held against are read here."""
    ours = kl.ledger().query("within.notna()")["ours"]
    held = list(rows())
    assert len(held) == len(ours)
    return float(
        sum(
            2 * abs(own - value) > tolerance
            for own, (_, value, tolerance) in zip(ours, held, strict=True)
        )
    )


def branches(_):
    """With the first margin now and no discount, the value is 1 / (1 - r)."""
    return 1 - 0.05 * (1 + 0.85) / 0.85


QUESTIONS = (
    Question(
        "12-published-and-reproduced",
        read_in_print,
        hint="published",
        wrong=(lambda company: float((kl.ledger()["status"] == "published").sum()),),
        of_company=False,
    ),
    Question(
        "12-half-the-tolerance",
        out_at_half,
        hint="tolerance / 2",
        wrong=(lambda company: float(kl.ledger()["within"].sum()) - out_at_half(company),),
        of_company=False,
    ),
    Question(
        "12-where-branches-are-right",
        branches,
        hint="claim=0.85",
        wrong=(0.991, 0.85, 0.95),  # at a discount rate of 10 %, the claim, the bound
        digits=3,
        of_company=False,
    ),
)
