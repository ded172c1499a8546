import pytest

import kamlab as kl
from kamlab.lab.questions.classifying_further import QUESTIONS

UNDER, DISPUTED = "03-under-designed-partnerships", "03-disputed-with-kraljic"


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


