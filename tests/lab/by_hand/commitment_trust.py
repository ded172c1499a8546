"""Answers of notebook 05 by one regression a path."""

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

import kamlab as kl
from tests.lab.by_hand.question import Question

ANTECEDENTS = [
    "termination_costs",
    "relationship_benefits",
    "shared_values",
    "communication",
    "opportunism",
]


def scores(company):
    """Mean of items, then of people, in standard deviations; without the theory room."""
    survey = company.survey
    last = survey[survey["wave"] == survey.groupby("account_id")["wave"].transform("max")]
    means = {c.name: last[list(c.columns)].mean(axis=1) for c in kl.constructs()}
    table = pd.DataFrame(means).groupby(last["account_id"]).mean()
    return (table - table.mean()) / table.std()


def slopes(company, formula):
    return smf.ols(formula, scores(company)).fit().params


def most_on_leaving(company):
    """Multiply along the arrows, one regression each."""
    trust = slopes(company, "trust ~ shared_values + communication + opportunism")
    causes = "termination_costs + relationship_benefits + shared_values + trust"
    commitment = slopes(company, f"commitment ~ {causes}")
    total = {
        name: commitment.get(name, 0) + trust.get(name, 0) * commitment["trust"]
        for name in ANTECEDENTS
    }
    return max(total, key=lambda name: abs(total[name]))


def trust_on_acquiescence(company):
    causes = "termination_costs + relationship_benefits + shared_values + trust"
    first = slopes(company, f"commitment ~ {causes}")["trust"]
    return first * slopes(company, "acquiescence ~ commitment")["commitment"]


def one_arrow_more(company):
    """Only one equation differs: n times the log of how far its residual variance falls."""
    table = scores(company)
    less = smf.ols("propensity_to_leave ~ commitment", table).fit()
    more = smf.ols("propensity_to_leave ~ commitment + trust", table).fit()
    return len(table) * np.log(less.ssr / more.ssr)


QUESTIONS = (
    Question(
        "05-most-on-leaving",
        most_on_leaving,
        hint="effects()",
        wrong=("commitment",),
        needs="survey",
        own_seed=1,
    ),
    Question(
        "05-trust-on-acquiescence",
        trust_on_acquiescence,
        hint="effects()",
        wrong=(0.0,),
        digits=3,
        needs="survey",
    ),
    Question(
        "05-one-arrow-more",
        one_arrow_more,
        hint="propensity_to_leave ~ trust",
        wrong=(1.0, 0.062),
        digits=2,
        needs="survey",
    ),
)
