import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import kamlab as kl
from kamlab.lab.questions.commitment_trust import QUESTIONS

LEAVING, ACQUIESCENCE, ARROW = (
    "05-most-on-leaving",
    "05-trust-on-acquiescence",
    "05-one-arrow-more",
)
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


