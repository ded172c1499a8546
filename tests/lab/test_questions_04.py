from itertools import count

import numpy as np
import pytest

import kamlab as kl
from kamlab.lab.questions import relationship_quality
from kamlab.lab.questions.relationship_quality import QUESTIONS

WEAKEST, HTMT, PEOPLE = (
    "04-weakest-question",
    "04-htmt-with-cooperation",
    "04-people-to-ask",
)
ITEMS = {
    name: [f"{name}_{number}" for number in range(1, size + 1)]
    for name, size in {"trust": 4, "commitment": 4, "satisfaction": 3, "cooperation": 3}.items()
}


def last_wave(company):
    survey = company.survey
    return survey[survey["wave"] == survey.groupby("account_id")["wave"].transform("max")]


def weakest(company):
    """Fit the factors without the quality room; robust errors leave loadings as they are."""
    wanted = ("trust", "commitment", "satisfaction")
    text = "\n".join(f"{name} =~ {' + '.join(ITEMS[name])}" for name in wanted)
    rows = last_wave(company).dropna(subset=[item for name in wanted for item in ITEMS[name]])
    loadings = kl.fit_sem(text, rows).tidy().query("op == '=~'")
    return loadings.set_index("rhs")["std_all"].idxmin()


def htmt(company):
    own, other = ITEMS["trust"], ITEMS["cooperation"]
    r = last_wave(company)[own + other].dropna().corr()

    def within(items):
        block = r.loc[items, items].to_numpy()
        return block[np.triu_indices(len(items), 1)].mean()

    return r.loc[own, other].to_numpy().mean() / np.sqrt(within(own) * within(other))


def people(company):
    """Ask one person more until the mean is reliable enough."""
    aggregation = kl.measure_quality(company.survey).aggregation().set_index("term")
    share = aggregation.loc["commitment", "icc1"]
    return next(k for k in count(1) if k * share / (1 + (k - 1) * share) >= 0.9)


BY_HAND = {WEAKEST: weakest, HTMT: htmt, PEOPLE: people}


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=120, seed=3)


def made_of_contraries(company):
    """Put the most and the least committed respondents into one account, and so on inwards."""
    answers = last_wave(company).dropna(subset=ITEMS["commitment"])
    order = answers[ITEMS["commitment"]].mean(axis=1).sort_values().index
    pairs = min(len(order) // 2, len(company.accounts))
    survey = answers.loc[[*order[:pairs], *order[::-1][:pairs]]]
    ids = company.accounts["account_id"].to_numpy()[:pairs]
    who = np.arange(2 * pairs).astype(str)
    survey = survey.assign(account_id=np.tile(ids, 2), respondent_id=who, wave=1)
    return kl.Company(accounts=company.accounts, survey=survey)


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
    ("question", "wrong"), [(WEAKEST, "trust_1"), (HTMT, 0.5), (PEOPLE, 2), (PEOPLE, 4)]
)
def test_near_misses_are_wrong(question, wrong):
    assert not kl.check_answer(question, wrong).right


def test_an_answer_rounded_to_two_places_will_do():
    assert kl.check_answer(HTMT, round(htmt(kl.sample_company()), 2)).right


@pytest.mark.parametrize(
    ("question", "hint"), [(WEAKEST, "items()"), (HTMT, "htmt()"), (PEOPLE, "ICC(1)")]
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, hint, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert hint in str(feedback)


def test_where_accounts_do_not_differ_no_number_of_people_is_enough(own):
    contraries = made_of_contraries(own)
    table = kl.measure_quality(contraries.survey).aggregation().set_index("term")
    assert table.loc["commitment", "icc1"] < 0
    assert relationship_quality.people_to_ask(contraries) == np.inf


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_company_without_a_survey_is_told_so(question, own):
    with pytest.raises(kl.NotApplicable, match="survey"):
        kl.check_answer(question, 1, kl.Company(accounts=own.accounts))
