from itertools import count

import numpy as np
import pytest

import kamlab as kl
from kamlab.lab.questions import relationship_quality
from kamlab.lab.questions.relationship_quality import QUESTIONS

WEAKEST, HTMT, PEOPLE = (
    "04-weakest-question",
    "04-htmt-with-cooperation",
    "04-people-to-ask",
)
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


