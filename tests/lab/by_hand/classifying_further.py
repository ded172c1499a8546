"""Answers of notebook 03, counted without comparing portfolios."""

import kamlab as kl
from tests.lab.by_hand.question import Question


def under_designed(company):
    cells = {
        side: kl.classify(company, f"bensaou_{side}").augment()["cell"]
        for side in ("context", "management")
    }
    asked = cells["context"] == "strategic_partnership"
    return (asked & (cells["management"] != "strategic_partnership")).sum()


def disputed(company):
    one, other = (
        kl.classify(company, model).augment()["effort"] for model in ("kraljic", "millman_wilson")
    )
    return ((one - other).abs() == 2).sum()


QUESTIONS = (
    Question(
        "03-under-designed-partnerships",
        under_designed,
        hint="design.augment()",
        wrong=tuple(lambda company, off=off: under_designed(company) + off for off in (-1, 1)),
    ),
    Question(
        "03-disputed-with-kraljic",
        disputed,
        hint="glance()",
        wrong=tuple(lambda company, off=off: disputed(company) + off for off in (-1, 1)),
    ),
)
