import pytest

import kamlab as kl
from kamlab.lab.questions import classifying

INTEGRATED, LEAST_SURE = "02-integrated-from-21", "02-least-sure-of-growth"
NOTHING = 1e-9


def integrated(company):
    """Count totals from 21 up, without the engine."""
    return int((company.accounts["stage_total"] >= 21).sum())


def least_sure(company):
    board = kl.classify(company, "millman_wilson")
    invested = [cell.name == "invest_for_growth" for cell in board.cells()]
    flips = board.how_sure()["flips_weights"][invested]
    return board.accounts["account_id"][flips.idxmax()]


ANSWERS = {INTEGRATED: integrated, LEAST_SURE: least_sure}


@pytest.fixture(scope="module")
def company():
    return kl.sample_company()


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(seed=3)


def test_every_question_is_tried_here():
    assert set(ANSWERS) == set(classifying.QUESTIONS)


@pytest.mark.parametrize("question", classifying.QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_answer_that_the_notebook_leads_to_is_right(question, language, company):
    kl.use_language(language)
    feedback = kl.check_answer(question, ANSWERS[question](company), company)
    assert feedback.right
    assert str(feedback).startswith("✔")


@pytest.mark.parametrize("question", classifying.QUESTIONS)
def test_a_company_of_ones_own_has_its_own_answer(question, company, own):
    here, there = ANSWERS[question](company), ANSWERS[question](own)
    assert here != there
    assert kl.check_answer(question, there, own).right
    assert not kl.check_answer(question, here, own).right


@pytest.mark.parametrize(
    ("question", "hint"), [(INTEGRATED, "20.5"), (LEAST_SURE, "flips_weights")]
)
def test_dots_and_wrong_answers_give_the_hint(question, hint, company):
    for answer in (..., "nobody"):
        feedback = kl.check_answer(question, answer, company)
        assert not feedback.right
        assert hint in str(feedback)


def test_the_band_as_the_model_has_it_is_not_the_answer(company):
    bands = kl.classify(company, "millman_wilson_bands").tidy().set_index("term")
    assert not kl.check_answer(INTEGRATED, bands.loc["integrated", "n_accounts"], company).right


def test_the_least_sure_account_is_alone(company):
    table = kl.classify(company, "millman_wilson").augment()
    flips = table.loc[table["cell"] == "invest_for_growth", "flips_weights"].nlargest(2)
    assert flips.iloc[0] - flips.iloc[1] > NOTHING


def test_nobody_to_invest_in_is_an_answer_that_no_id_meets(company):
    low = company.accounts.filter(like="attract_").columns
    poor = kl.Company(accounts=company.accounts.assign(**dict.fromkeys(low, 1.0)))
    assert classifying.least_sure_of_growth(poor) == ""
    assert not kl.check_answer(LEAST_SURE, "A-001", poor).right
