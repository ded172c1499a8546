import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.lab.questions.ltv_regressions import QUESTIONS

LOGS, CLUSTERS = "09-lost-in-logs", "09-clusters-of-size"
TERMS = ["trust", "commitment", "satisfaction", "size"]


def past(company):
    """Return past rows with their lifetime value, and the terms as a matrix by name."""
    rows = kl.analysis_table(company)
    rows = rows[rows["stayed"].notna()].dropna(subset=[*TERMS, "net_margin"])
    rate = rows.loc[rows["decided"], "stayed"].astype(float).mean()
    return rows.assign(ltv=rows["net_margin"] * rate / (1.1 - rate))


def least_squares(rows, terms):
    x = np.column_stack([np.ones(len(rows)), rows[terms].to_numpy(dtype=float)])
    y = np.log(rows["ltv"].to_numpy(dtype=float))
    inverse = np.linalg.inv(x.T @ x)
    by = inverse @ x.T @ y
    return x, inverse, x @ by, y - x @ by


def lost(company):
    rows = past(company)
    _, _, fitted, _ = least_squares(rows, ["size"])
    return 100 * (1 - np.exp(fitted).sum() / rows["ltv"].sum())


def ratio(company):
    """Work out the classical error and the sandwich by account from their formulas."""
    rows = past(company)
    x, inverse, _, residuals = least_squares(rows, TERMS)
    n, k = x.shape
    classical = inverse * (residuals @ residuals) / (n - k)
    scores = pd.DataFrame(x * residuals[:, None]).groupby(rows["account_id"].to_numpy()).sum()
    groups = len(scores)
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    clustered = inverse @ (scores.T.to_numpy() @ scores.to_numpy()) @ inverse * factor
    return np.sqrt(clustered[-1, -1] / classical[-1, -1])


BY_HAND = {LOGS: lost, CLUSTERS: ratio}


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=120, seed=3)


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
    [(LOGS, 6.27), (LOGS, -7.59), (LOGS, 0.0759), (CLUSTERS, 1.53), (CLUSTERS, 1.83)],
    ids=["all terms", "sign", "no per cent", "trust", "cluster to robust"],
)
def test_near_misses_are_wrong(question, wrong):
    assert not kl.check_answer(question, wrong).right


@pytest.mark.parametrize(("question", "digits"), [(LOGS, 1), (CLUSTERS, 2)])
def test_rounded_answers_will_do(question, digits):
    assert kl.check_answer(question, round(BY_HAND[question](kl.sample_company()), digits)).right


@pytest.mark.parametrize(("question", "hint"), [(LOGS, "fitted"), (CLUSTERS, 'cov="classical"')])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, hint, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert hint in str(feedback)
