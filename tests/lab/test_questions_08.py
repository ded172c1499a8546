import numpy as np
import pytest

import kamlab as kl
from kamlab.lab.questions.lifetime_value import QUESTIONS

WHERE, NEXT_YEAR = "08-where-it-is-true", "08-next-year"
WEEKS = 52
DRAWS = 10_000
SIMULATION = 0.01
"""Ten thousand draws of each of 39 customers leave a standard error of 0.3 % in the sum."""


def where(_):
    """With the first margin now the value is in proportion to 1 / (1 + d - r)."""
    rates = np.linspace(0.8, 0.9, 100_001)
    gain = (1.08 - rates) / (1.08 - 1.05 * rates) - 1
    return rates[np.abs(gain - 0.25).argmin()]


def next_year(company, model="mbgnbd"):
    """Simulate the year from the fitted parameters, customer by customer."""
    orders = kl.summarise_transactions(company.transactions)
    r, alpha, a, b = kl.fit_purchases(orders, model).tidy()["estimate"][:4]
    rng = np.random.default_rng(8)
    total = 0.0
    for x, recency, length in orders[["frequency", "recency", "T"]].to_numpy(dtype=float):
        # The MBG/NBD's odds of having left after the last purchase; then both dice anew.
        left = a / (b + x) * ((alpha + length) / (alpha + recency)) ** (r + x)
        rate = rng.gamma(r + x, 1 / (alpha + length), DRAWS)
        chance = rng.beta(a, b + x + 1, DRAWS)
        bought, alive = np.zeros(DRAWS), np.ones(DRAWS, dtype=bool)
        clock = rng.exponential(1 / rate)
        while (alive := alive & (clock < WEEKS)).any():
            bought += alive
            alive &= rng.uniform(size=len(rate)) > chance
            clock += rng.exponential(1 / rate)
        total += bought.mean() / (1 + left)
    return total


BY_HAND = {WHERE: where, NEXT_YEAR: next_year}


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=120, seed=3)


def answer(question, company):
    return QUESTIONS[question](company)


def test_every_question_is_answered_by_hand_here():
    assert BY_HAND.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_agrees_with_one_worked_out_by_hand(question):
    company = kl.sample_company()
    assert answer(question, company) == pytest.approx(BY_HAND[question](company), rel=SIMULATION)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_right_answer_is_told_so(question, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, round(answer(question, kl.sample_company()), 3))
    assert feedback.right
    assert str(feedback).startswith("✔")


def test_a_company_of_ones_own_has_its_own_answer(own):
    mine = answer(NEXT_YEAR, own)
    assert kl.check_answer(NEXT_YEAR, mine, own).right
    assert not kl.check_answer(NEXT_YEAR, mine).right


def test_arithmetic_has_one_answer_for_every_company(own):
    assert kl.check_answer(WHERE, 0.864, kl.Company(accounts=own.accounts)).right


@pytest.mark.parametrize(
    "wrong", [0.83, 0.8228571], ids=["five points, now", "relative, a period later"]
)
def test_other_readings_of_the_saying_are_wrong(wrong):
    assert not kl.check_answer(WHERE, wrong).right


def test_another_model_is_not_the_answer():
    orders = kl.summarise_transactions(kl.sample_company().transactions)
    other = kl.fit_purchases(orders, "bgnbd").augment(WEEKS)["expected_purchases"].sum()
    assert not kl.check_answer(NEXT_YEAR, other).right


@pytest.mark.parametrize(("question", "hint"), [(WHERE, "relative=True"), (NEXT_YEAR, '"mbgnbd"')])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, hint, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert hint in str(feedback)


def test_a_company_without_orders_is_told_so(own):
    with pytest.raises(kl.NotApplicable, match="transactions"):
        kl.check_answer(NEXT_YEAR, 1, kl.Company(accounts=own.accounts))
