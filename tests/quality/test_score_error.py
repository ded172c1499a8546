import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.quality.scores import respondent_scores

NAMES = ["trust", "commitment", "satisfaction"]


@pytest.fixture(scope="module")
def error(company):
    return kl.score_error(company)


def test_the_covariance_is_that_within_account_and_wave(company, error):
    scores = respondent_scores(company.survey).dropna(subset=NAMES)
    crossed, free = np.zeros((3, 3)), 0
    for _, own in scores.groupby(["account_id", "wave"]):
        off = (own[NAMES] - own[NAMES].mean()).to_numpy()
        crossed += off.T @ off
        free += len(own) - 1
    np.testing.assert_allclose(error.covariance, crossed / free)


def test_the_error_that_was_put_in_is_found():
    """One respondent's score is off by a leaning of .4 and by four items' noise of .7."""
    company = kl.simulate_company(n_accounts=2_000, seed=8)
    table = kl.score_error(company).tidy().set_index("term")
    put_in = 0.4**2 + (0.7**2 + 1 / 12) / 4
    # Scores are cut at 1 and 7, which takes a little away.
    np.testing.assert_allclose(
        table.loc[["trust", "commitment"], "respondent_variance"], put_in, rtol=0.08
    )


def test_reliability_is_the_share_of_variance_that_is_true(error):
    table = error.tidy()
    scores = error.augment()
    for row in table.to_dict("records"):
        mean_error = row["respondent_variance"] * (1 / scores["n_respondents"]).mean()
        assert row["error_variance"] == pytest.approx(mean_error)
        share = 1 - mean_error / scores[row["term"]].var()
        assert row["reliability"] == pytest.approx(share)


def test_augment_gives_each_score_its_standard_error(error):
    row = error.augment().iloc[0]
    expected = np.sqrt(error.covariance[0, 0] / row["n_respondents"])
    assert row["error_trust"] == pytest.approx(expected)


def test_row_order_does_not_matter(company, error):
    shuffled = kl.score_error(company.survey.sample(frac=1, random_state=1))
    np.testing.assert_allclose(shuffled.covariance, error.covariance)


def test_a_survey_and_a_choice_of_constructs_serve_too(company, error):
    one = kl.score_error(company.survey, ["commitment"])
    assert one.constructs == ("commitment",)
    assert one.covariance[0, 0] == pytest.approx(error.covariance[1, 1], rel=0.02)


def test_one_respondent_each_tells_nothing_about_error(company, language):
    alone = company.survey.drop_duplicates(["account_id", "wave"])
    with pytest.raises(kl.NotApplicable):
        kl.score_error(alone)


def test_something_else_is_refused(language):
    with pytest.raises(kl.ArgumentError, match="list"):
        kl.score_error([1, 2])


def test_a_table_of_scores_is_no_survey(company, language):
    with pytest.raises(kl.ArgumentError, match="trust_1"):
        kl.score_error(kl.analysis_table(company))


def test_a_company_without_survey_is_told(language):
    company = kl.Company(accounts=pd.DataFrame({"account_id": ["A"]}))
    with pytest.raises(kl.NotApplicable):
        kl.score_error(company)


def test_it_says_how_wrong_a_score_is(error, language):
    text = error.report()
    assert f"{error.tidy()['reliability'].iloc[0]:.0%}" in text
    error.plot()
    assert str(error)


def test_answers_in_words_are_named_with_row_and_value(company, language):
    survey = company.survey.astype({"trust_1": object})
    survey.iloc[3, survey.columns.get_loc("trust_1")] = "agree"
    with pytest.raises(kl.DataError, match="agree") as caught:
        kl.score_error(survey)
    problem = caught.value.table().iloc[0]
    assert (problem["column"], problem["row"]) == ("trust_1", 5)


def test_scores_that_are_all_the_same_tell_nothing(company, language):
    survey = company.survey.assign(**{f"trust_{i}": 4 for i in range(1, 5)})
    with pytest.raises(kl.NotApplicable, match=r"'commitment'.*'satisfaction'"):
        kl.score_error(survey)
    with pytest.raises(kl.NotApplicable, match=r"answers were read|読み込まれて"):
        kl.score_error(survey, ["trust"])


def test_a_table_without_items_is_told_so(company, language):
    with pytest.raises(kl.KamlabError, match="trust_1"):
        kl.score_error(company.accounts)
