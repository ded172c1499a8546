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


BY_HAND = {
    LEAVING: most_on_leaving,
    ACQUIESCENCE: trust_on_acquiescence,
    ARROW: one_arrow_more,
}


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=120, seed=1)


def test_every_question_is_answered_by_hand_here():
    assert BY_HAND.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_answer_worked_out_by_hand_is_right(question, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, BY_HAND[question](kl.sample_company()))
    assert feedback.right
    assert str(feedback).startswith("✔")


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_company_of_ones_own_has_its_own_answer(question, own):
    answer = BY_HAND[question](own)
    assert kl.check_answer(question, answer, own).right
    assert not kl.check_answer(question, BY_HAND[question](kl.sample_company()), own).right


@pytest.mark.parametrize(
    ("question", "wrong"),
    [(LEAVING, "commitment"), (ACQUIESCENCE, 0.0), (ARROW, 1.0), (ARROW, 0.062)],
)
def test_near_misses_are_wrong(question, wrong):
    assert not kl.check_answer(question, wrong).right


@pytest.mark.parametrize(("question", "decimals"), [(ACQUIESCENCE, 3), (ARROW, 2)])
def test_a_rounded_answer_will_do(question, decimals):
    assert kl.check_answer(question, round(BY_HAND[question](kl.sample_company()), decimals)).right


@pytest.mark.parametrize(
    ("question", "hint"),
    [(LEAVING, "effects()"), (ACQUIESCENCE, "effects()"), (ARROW, "propensity_to_leave ~ trust")],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, hint, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert hint in str(feedback)


def test_the_hint_of_the_further_arrow_leads_to_the_answer():
    table = scores(kl.sample_company())
    more = kl.fit_sem(kl.theory.KMV_PATHS + "; propensity_to_leave ~ trust", table)
    less = kl.fit_sem(kl.theory.KMV_PATHS, table)
    fall = less.glance()["chisq"].item() - more.glance()["chisq"].item()
    assert kl.check_answer(ARROW, fall).right


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_company_without_a_survey_is_told_so(question, own):
    with pytest.raises(kl.NotApplicable, match="survey"):
        kl.check_answer(question, 1, kl.Company(accounts=own.accounts))
