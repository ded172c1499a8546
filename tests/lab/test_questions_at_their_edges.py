"""What is peculiar to single questions: answers that do not exist, and hints that must lead."""

from dataclasses import replace

import numpy as np
import pytest

import kamlab as kl
from kamlab.lab.questions import account_table, classifying, relationship_quality
from tests.lab.by_hand.commitment_trust import scores
from tests.lab.by_hand.relationship_quality import ITEMS, last_wave

NOTHING = 1e-9


def without_key_accounts(company):
    return replace(company, accounts=company.accounts.assign(is_key=False))


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


def test_no_key_account_is_an_answer_that_no_id_meets(small_company):
    none = without_key_accounts(small_company)
    assert account_table.smallest_key_account(none) == ""
    assert not kl.check_answer("01-smallest-key-account", "A-001", none).right


def test_a_company_that_marks_no_key_accounts_is_told_so(small_company):
    unmarked = replace(small_company, accounts=small_company.accounts.drop(columns="is_key"))
    with pytest.raises(kl.NotApplicable, match="is_key"):
        kl.check_answer("01-smallest-key-account", "A-001", unmarked)


def test_the_least_sure_account_is_alone(company):
    table = kl.classify(company, "millman_wilson").augment()
    flips = table.loc[table["cell"] == "invest_for_growth", "flips_weights"].nlargest(2)
    assert flips.iloc[0] - flips.iloc[1] > NOTHING


def test_nobody_to_invest_in_is_an_answer_that_no_id_meets(company):
    low = company.accounts.filter(like="attract_").columns
    poor = kl.Company(accounts=company.accounts.assign(**dict.fromkeys(low, 1.0)))
    assert classifying.least_sure_of_growth(poor) == ""
    assert not kl.check_answer("02-least-sure-of-growth", "A-001", poor).right


def test_where_accounts_do_not_differ_no_number_of_people_is_enough():
    contraries = made_of_contraries(kl.simulate_company(n_accounts=120, seed=3))
    table = kl.measure_quality(contraries.survey).aggregation().set_index("term")
    assert table.loc["commitment", "icc1"] < 0
    assert relationship_quality.people_to_ask(contraries) == np.inf


def test_the_hint_of_the_further_arrow_leads_to_the_answer(company):
    table = scores(company)
    more = kl.fit_sem(kl.theory.KMV_PATHS + "; propensity_to_leave ~ trust", table)
    less = kl.fit_sem(kl.theory.KMV_PATHS, table)
    fall = less.glance()["chisq"].item() - more.glance()["chisq"].item()
    assert kl.check_answer("05-one-arrow-more", fall, company).right
