"""Every question of the notebooks, held to the same checks.

The answers that are right come from `by_hand`: another way than the question's own code.
"""

from functools import cache

import pytest

import kamlab as kl
from kamlab.foundation.language import use_language
from kamlab.lab.questions import QUESTIONS
from tests.lab.by_hand import (
    account_table,
    classifying,
    classifying_further,
    commitment_trust,
    company_report,
    hypothesis_lab,
    lifetime_value,
    ltv_regressions,
    mediation_and_rivals,
    relationship_quality,
    reproduction_ledger,
    retention,
    trust_to_money,
    your_own_data,
)

NOTEBOOKS = (
    account_table,
    classifying,
    classifying_further,
    relationship_quality,
    commitment_trust,
    mediation_and_rivals,
    retention,
    lifetime_value,
    ltv_regressions,
    trust_to_money,
    hypothesis_lab,
    reproduction_ledger,
    your_own_data,
    company_report,
)
ALL = [question for notebook in NOTEBOOKS for question in notebook.QUESTIONS]
OWN_SIZE = 120


def each(questions):
    return pytest.mark.parametrize("question", questions, ids=lambda question: question.id)


@cache
def own_company(seed):
    return kl.simulate_company(n_accounts=OWN_SIZE, seed=seed)


@cache
def by_hand(question, company):
    return question.by_hand(company)


def assert_right(question, answer, company):
    feedback = kl.check_answer(question.id, answer, company)
    assert feedback.right
    for language in ("en", "ja"):
        use_language(language)
        assert str(feedback).startswith("✔")


def is_right(question, answer, company):
    return kl.check_answer(question.id, answer, company).right


def test_every_question_is_answered_by_hand():
    # Those of notebook 00 are answered by the notebook's own code in test_self_checks.py.
    assert {question.id for question in ALL} == {q for q in QUESTIONS if not q.startswith("00-")}


@each(ALL)
def test_the_answer_worked_out_by_hand_is_right(question):
    company = question.company()
    assert_right(question, by_hand(question, company), company)


@each([question for question in ALL if question.of_company])
def test_a_company_of_ones_own_has_its_own_answer(question):
    own = own_company(question.own_seed)
    assert_right(question, by_hand(question, own), own)
    assert not is_right(question, by_hand(question, question.company()), own)


@each([question for question in ALL if not question.of_company])
def test_what_is_not_of_the_company_is_the_same_for_every_company(question, company):
    bare = kl.Company(accounts=company.accounts)
    assert_right(question, by_hand(question, company), bare)


@each(ALL)
def test_near_misses_are_wrong_and_give_the_hint(question):
    company = question.company()
    assert question.wrong
    for wrong in question.wrong:
        answer = wrong(company) if callable(wrong) else wrong
        feedback = kl.check_answer(question.id, answer, company)
        assert not feedback.right, answer
        assert question.hint in str(feedback)


@each([question for question in ALL if question.digits is not None])
def test_a_rounded_answer_will_do(question):
    company = question.company()
    assert is_right(question, round(by_hand(question, company), question.digits), company)


@each(ALL)
def test_dots_give_the_hint(question, language):
    feedback = kl.check_answer(question.id, ...)
    assert not feedback.right
    assert question.hint in str(feedback)


@each([question for question in ALL if question.needs])
def test_a_company_without_the_table_is_told_so(question, company):
    with pytest.raises(kl.NotApplicable, match=question.needs):
        kl.check_answer(question.id, 1, kl.Company(accounts=company.accounts))
