import pytest

import kamlab as kl
from kamlab.lab.questions import start_here
from kamlab.lab.questions.start_here import STAY, WORTH
from kamlab.lab.self_checks import RELATIVE_TOLERANCE

LEAVE, COMMITMENT = "00-least-likely-to-stay", "00-value-of-commitment"


@pytest.fixture(scope="module")
def right():
    company = kl.sample_company()
    stay, worth = kl.fit_retention(STAY, company), kl.fit_value(WORTH, company)
    gain = kl.value_of_quality(stay, worth, raise_by={"commitment": 1}).tidy()
    return {
        LEAVE: stay.augment().sort_values("stay_probability")["account_id"].iloc[0],
        COMMITMENT: gain.set_index("term").loc["total", "estimate"] / 1e6,
    }


@pytest.mark.parametrize("question", start_here.QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_answer_that_the_notebook_leads_to_is_right(question, language, right):
    kl.use_language(language)
    feedback = kl.check_answer(question, right[question])
    assert feedback.right
    assert str(feedback).startswith("✔")


@pytest.mark.parametrize("question", start_here.QUESTIONS)
def test_dots_give_the_hint(question):
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert "in place of the dots" in str(feedback)


def test_a_wrong_answer_is_not_yet(right):
    assert not kl.check_answer(LEAVE, "A-001").right
    just_outside = right[COMMITMENT] * (1 + 2 * RELATIVE_TOLERANCE)
    assert not kl.check_answer(COMMITMENT, just_outside).right
    assert "Not yet" in str(kl.check_answer(COMMITMENT, "a lot"))


def test_answers_are_forgiving_about_case_space_and_rounding(right):
    assert kl.check_answer(LEAVE, f" {right[LEAVE].lower()} ").right
    assert kl.check_answer(COMMITMENT, round(right[COMMITMENT], -1)).right


def test_a_company_of_ones_own_has_its_own_answer(right):
    own = kl.simulate_company(seed=3)
    answer = kl.fit_retention(STAY, own).augment()["account_id"].iloc[0]
    assert answer != right[LEAVE]
    assert kl.check_answer(LEAVE, answer, own).right
    assert not kl.check_answer(LEAVE, right[LEAVE], own).right


def test_unknown_question_lists_the_known_ones():
    with pytest.raises(kl.ArgumentError, match=LEAVE):
        kl.check_answer("99", 1)
