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


BY_HAND = {UNDER: under_designed, DISPUTED: disputed}


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=120, seed=3)


def test_every_question_is_answered_by_hand_here():
    assert BY_HAND.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_answer_counted_by_hand_is_right(question, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, BY_HAND[question](kl.sample_company()))
    assert feedback.right
    assert str(feedback).startswith("✔")


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_account_more_or_less_is_wrong(question):
    right = BY_HAND[question](kl.sample_company())
    assert not kl.check_answer(question, right + 1).right
    assert not kl.check_answer(question, right - 1).right


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_company_of_ones_own_has_its_own_answer(question, own):
    answer = BY_HAND[question](own)
    assert kl.check_answer(question, answer, own).right
    assert not kl.check_answer(question, BY_HAND[question](kl.sample_company()), own).right


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert "augment()" in str(feedback) or "glance()" in str(feedback)
