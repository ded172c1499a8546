"""Answers of notebook 04 from the answers themselves."""

from itertools import count

import numpy as np

import kamlab as kl
from tests.lab.by_hand.question import Question

ITEMS = {
    name: [f"{name}_{number}" for number in range(1, size + 1)]
    for name, size in {"trust": 4, "commitment": 4, "satisfaction": 3, "cooperation": 3}.items()
}


def last_wave(company):
    survey = company.survey
    return survey[survey["wave"] == survey.groupby("account_id")["wave"].transform("max")]


def weakest(company):
    """Fit the factors without the quality room; robust errors leave loadings as they are."""
    wanted = ("trust", "commitment", "satisfaction")
    text = "\n".join(f"{name} =~ {' + '.join(ITEMS[name])}" for name in wanted)
    rows = last_wave(company).dropna(subset=[item for name in wanted for item in ITEMS[name]])
    loadings = kl.fit_sem(text, rows).tidy().query("op == '=~'")
    return loadings.set_index("rhs")["std_all"].idxmin()


def htmt(company):
    own, other = ITEMS["trust"], ITEMS["cooperation"]
    r = last_wave(company)[own + other].dropna().corr()

    def within(items):
        block = r.loc[items, items].to_numpy()
        return block[np.triu_indices(len(items), 1)].mean()

    return r.loc[own, other].to_numpy().mean() / np.sqrt(within(own) * within(other))


def people(company):
    """Ask one person more until the mean is reliable enough."""
    aggregation = kl.measure_quality(company.survey).aggregation().set_index("term")
    share = aggregation.loc["commitment", "icc1"]
    return next(k for k in count(1) if k * share / (1 + (k - 1) * share) >= 0.9)


QUESTIONS = (
    Question("04-weakest-question", weakest, hint="items()", wrong=("trust_1",), needs="survey"),
    Question(
        "04-htmt-with-cooperation", htmt, hint="htmt()", wrong=(0.5,), digits=2, needs="survey"
    ),
    Question("04-people-to-ask", people, hint="ICC(1)", wrong=(2, 4), needs="survey"),
)
