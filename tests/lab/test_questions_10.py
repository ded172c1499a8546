import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.lab.questions.trust_to_money import QUESTIONS

COMMITMENT, RATE = "10-most-from-commitment", "10-value-at-lower-rate"
STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"
NODES, SHARES = np.polynomial.hermite_e.hermegauss(41)


def gains(company, name, discount_rate):
    """Work out every account's gain from one more point, without `value_of_quality`."""
    error, table = kl.score_error(company), kl.analysis_table(company)
    stay = kl.fit_retention(STAY, table, error=error)
    worth = kl.fit_value(WORTH, table, error=error, discount_rate=discount_rate)
    paid = table[table["net_margin"].notna()].groupby("account_id")["net_margin"].last()
    rows = table[table["period"] == table["period"].max()]
    rows = rows[rows["account_id"].map(paid) > 0].dropna(subset=[name]).reset_index(drop=True)
    points = (np.minimum(7, rows[name] + 1) - rows[name]).to_numpy()
    _, eta, open_variance = stay.linear_predictor(rows)
    margin = rows["account_id"].map(paid).to_numpy()

    def value(eta, margin):
        places = eta[:, None] + np.sqrt(open_variance)[:, None] * NODES
        chance = 1 / (1 + np.exp(-places))
        multiple = (chance / (1 + discount_rate - chance)) @ SHARES / SHARES.sum()
        return margin * multiple

    after = margin * np.exp(worth.coefficients[name] * points)
    gain = value(eta + stay.coefficients[name] * points, after) - value(eta, margin)
    return pd.Series(gain, index=rows["account_id"])


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=120, seed=3)


@pytest.fixture(scope="module")
def by_hand(own):
    by_commitment = gains(own, "commitment", 0.10).sort_values(ascending=False)
    trust = {rate: gains(own, "trust", rate).sum() / 1e6 for rate in (0.05, 0.10)}
    return {
        COMMITMENT: {"right": by_commitment.index[0], "near": by_commitment.index[1]},
        RATE: {"right": trust[0.05], "near": trust[0.10]},
    }


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_worked_out_by_hand_is_right(question, own, by_hand):
    feedback = kl.check_answer(question, by_hand[question]["right"], own)
    assert feedback.right
    assert str(feedback).startswith("✔")


@pytest.mark.parametrize("question", QUESTIONS)
def test_near_misses_are_wrong(question, own, by_hand):
    assert not kl.check_answer(question, by_hand[question]["near"], own).right


@pytest.mark.parametrize(
    ("question", "hint"), [(COMMITMENT, 'raise_by={"commitment": 1}'), (RATE, "discount_rate=0.05")]
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, hint, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert hint in str(feedback)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_company_without_a_survey_is_told_so(question, own):
    with pytest.raises(kl.NotApplicable, match="survey"):
        kl.check_answer(question, 1, kl.Company(accounts=own.accounts))
