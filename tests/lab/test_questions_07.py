import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import betaln

import kamlab as kl
from kamlab.lab.questions.retention import QUESTIONS

LOG_RANK, HALF, REGULAR = (
    "07-log-rank-by-commitment",
    "07-half-a-point",
    "07-regular-after-twelve",
)


def decided(company):
    rows = kl.analysis_table(company)
    return rows[rows["decided"]].sort_values(["account_id", "period"])


def log_rank(company):
    """Add up losses of the upper half less those to be expected, period by period."""
    accounts = decided(company).groupby("account_id")
    first = accounts["commitment"].first()
    high = first > first.median()
    time, left = accounts.size(), ~accounts["stayed"].last().astype(bool)
    surplus = variance = 0.0
    for year in sorted(time.unique()):
        there, lost = time >= year, (time == year) & left
        n, n_high, d = there.sum(), (there & high).sum(), lost.sum()
        surplus += (lost & high).sum() - d * n_high / n
        variance += d * n_high * (n - n_high) * (n - d) / (n**2 * (n - 1))
    return surplus**2 / variance


def half_a_point(company):
    """Take the square root of a whole point's odds ratio, by statsmodels."""
    rows = decided(company)
    terms = sm.add_constant(rows[["trust", "commitment", "satisfaction", "tenure"]].astype(float))
    fit = sm.Logit(rows["stayed"].astype(float), terms).fit(disp=0)
    return float(np.sqrt(np.exp(fit.params["trust"])))


def regular(_company=None):
    """Maximise the likelihood of the article's formula over logs of alpha and beta."""
    table = kl.load("fader_hardie_2007").query("cohort == 'regular'").set_index("period")
    counts = table["survivors"].loc[:7].to_numpy()

    def survival(at, renewals):
        alpha, beta = np.exp(at)
        return np.exp(betaln(alpha, beta + renewals) - betaln(alpha, beta))

    def cost(at):
        curve = survival(at, np.arange(8))
        return -(-np.diff(counts) @ np.log(-np.diff(curve)) + counts[-1] * np.log(curve[-1]))

    found = minimize(cost, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6})
    return 1000 * survival(found.x, 12)


BY_HAND = {LOG_RANK: log_rank, HALF: half_a_point, REGULAR: regular}


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=150, seed=3)


def test_every_question_is_answered_by_hand_here():
    assert BY_HAND.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_answer_worked_out_by_hand_is_right(question, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, BY_HAND[question](kl.sample_company()))
    assert feedback.right
    assert str(feedback).startswith("✔")


@pytest.mark.parametrize("question", [LOG_RANK, HALF])
def test_a_company_of_ones_own_has_its_own_answer(question, own):
    assert kl.check_answer(question, BY_HAND[question](own), own).right
    assert not kl.check_answer(question, BY_HAND[question](kl.sample_company()), own).right


def test_published_data_have_one_answer_for_every_company(own):
    assert kl.check_answer(REGULAR, regular(), kl.Company(accounts=own.accounts)).right


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        (LOG_RANK, 20.33),  # by trust
        (HALF, 1.76 / 2),
        (HALF, 1 + 0.76 / 2),
        (HALF, 1.76),
        (REGULAR, 173),  # what happened
        (REGULAR, 0.170),  # a share
        (REGULAR, 378),  # of the high end
    ],
)
def test_near_misses_are_wrong(question, wrong):
    assert not kl.check_answer(question, wrong).right


@pytest.mark.parametrize(("question", "digits"), [(LOG_RANK, 1), (HALF, 2), (REGULAR, 0)])
def test_rounded_answers_will_do(question, digits):
    assert kl.check_answer(question, round(BY_HAND[question](kl.sample_company()), digits)).right


@pytest.mark.parametrize(
    ("question", "hint"), [(LOG_RANK, "logrank"), (HALF, "stay.tidy()"), (REGULAR, "project(12)")]
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, hint, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert hint in str(feedback)


@pytest.mark.parametrize("question", [LOG_RANK, HALF])
def test_a_company_without_periods_is_told_so(question, own):
    with pytest.raises(kl.NotApplicable, match="periods"):
        kl.check_answer(question, 1, kl.Company(accounts=own.accounts))
