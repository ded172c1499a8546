import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.quality.scores import account_scores, last_wave, respondent_scores

RATED = ("trust", "commitment", "satisfaction")


@pytest.fixture
def survey():
    """Two accounts; A answers twice, in the second wave with two respondents."""
    rows = [
        ("A", "R1", 1, "2024-02-01", [2, 2, 2, 2]),
        ("A", "R1", 2, "2025-02-01", [4, 4, 4, 4]),
        ("A", "R2", 2, "2025-02-09", [6, 6, np.nan, np.nan]),
        ("B", "R1", 1, "2024-02-03", [7, 6, 7, 6]),
        ("B", "R2", 1, "2024-02-04", [np.nan, np.nan, np.nan, 1]),
    ]
    frame = pd.DataFrame(
        [(a, r, w, pd.Timestamp(d), *items) for a, r, w, d, items in rows],
        columns=["account_id", "respondent_id", "wave", "answered_on"]
        + [f"trust_{n}" for n in range(1, 5)],
    )
    return frame.assign(
        **{f"satisfaction_{n}": [1.0, 2.0, 3.0, 4.0, np.nan] for n in range(1, 4)},
        **{f"commitment_{n}": [np.nan, 2.0, 3.0, 5.0, 4.0] for n in range(1, 5)},
    )


def test_respondents_scores_follow_the_half_rule(survey):
    trust = respondent_scores(survey, ["trust"])["trust"]
    np.testing.assert_array_equal(trust, [2.0, 4.0, 6.0, 6.5, np.nan])


def test_an_accounts_score_is_the_mean_over_its_respondents(survey):
    scores = account_scores(respondent_scores(survey, ["trust"]), ["account_id", "wave"])
    assert scores["trust"].tolist() == [2.0, 5.0, 6.5]
    assert scores["n_respondents"].tolist() == [1, 2, 2]
    assert scores["answered_on"].dt.day.tolist() == [1, 9, 4]


def test_respondents_count_alike_however_many_items_they_answered(survey):
    scores = account_scores(respondent_scores(survey, ["trust"]), ["account_id", "wave"])
    by_items = survey.loc[[1, 2], [f"trust_{n}" for n in range(1, 5)]].melt()["value"].mean()
    assert scores["trust"].iloc[1] == 5.0
    assert by_items != 5.0


def test_the_last_wave_is_each_groups_own(survey):
    found = last_wave(respondent_scores(survey, ["trust"]))
    assert found.groupby("account_id")["wave"].unique().map(list).to_dict() == {"A": [2], "B": [1]}


def test_the_note_counts_the_rows_that_have_every_score(survey, language):
    quality = kl.measure_quality(survey)
    scores = respondent_scores(survey)
    complete = int(scores[list(RATED)].notna().all(axis=1).sum())
    assert complete == 3
    note = str(quality.notes[0])
    numbers = [int(n) for n in "".join(c if c.isdigit() else " " for c in note).split()]
    assert complete in numbers
    assert len(survey) in numbers


def test_the_table_has_the_numbers_of_each_scale(company):
    survey = company.survey
    tidy = kl.measure_quality(survey).tidy().set_index("term")
    for construct in kl.constructs():
        if construct.name not in RATED:
            continue
        items = survey[list(construct.columns)]
        row = tidy.loc[construct.name]
        complete = items.dropna()
        k = items.shape[1]
        alpha = k / (k - 1) * (1 - complete.var().sum() / complete.sum(axis=1).var())
        scores = items.mean(axis=1).where(2 * items.notna().sum(axis=1) >= k)
        assert (row["n_items"], row["nobs"]) == (k, len(complete))
        np.testing.assert_allclose(
            row[["alpha", "mean", "std_dev", "missing_share"]].astype(float),
            [alpha, scores.mean(), scores.std(), items.isna().mean().mean()],
        )
        assert row["conf_low"] < alpha < row["conf_high"]


def test_latest_gives_each_account_once(company):
    quality = kl.measure_quality(company.survey)
    latest = quality.latest()
    waves = company.survey.groupby("account_id")["wave"].max()
    assert latest.set_index("account_id")["wave"].to_dict() == waves.to_dict()
    assert quality.glance()["n_waves"].item() == company.survey["wave"].nunique()


def test_the_order_of_the_survey_does_not_matter(company):
    survey = company.survey
    found = kl.measure_quality(survey.sample(frac=1, random_state=0))
    expected = kl.measure_quality(survey)
    pd.testing.assert_frame_equal(found.tidy(), expected.tidy())
    pd.testing.assert_frame_equal(found.augment(), expected.augment())


def test_labels_of_accounts_do_not_matter(company):
    survey = company.survey
    renamed = survey.assign(account_id="Z" + survey["account_id"])
    found, expected = (kl.measure_quality(s).augment() for s in (renamed, survey))
    pd.testing.assert_frame_equal(
        found.drop(columns="account_id"), expected.drop(columns="account_id")
    )


@pytest.mark.parametrize("gone", [["trust"], ["trust", "commitment"], list(RATED)])
def test_all_missing_constructs_are_named_with_their_items(company, gone, language):
    survey = company.survey
    columns = [c for c in survey if c.rpartition("_")[0] in gone]
    with pytest.raises(kl.NotApplicable) as caught:
        kl.measure_quality(survey.drop(columns=columns))
    labels = {c.name: str(c.label) for c in kl.constructs()}
    for name in gone:
        assert labels[name] in str(caught.value)
        assert f"{name}_1" in str(caught.value)


def test_an_unknown_construct_is_named_beside_the_known(company, language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.measure_quality(company.survey, ["trust", "luck"])
    assert "luck" in str(caught.value)
    assert "satisfaction" in str(caught.value)


def test_every_construct_can_be_measured(company):
    names = [c.name for c in kl.constructs()]
    quality = kl.measure_quality(company.survey, names)
    assert quality.tidy()["term"].tolist() == names
    assert (quality.tidy()["alpha"] > 0.6).all()
    quality.plot()


def test_a_construct_of_which_some_items_were_asked_uses_those(company):
    survey = company.survey.drop(columns=["trust_4"])
    assert kl.measure_quality(survey, ["trust"]).tidy()["n_items"].item() == 3


def test_a_construct_nobody_was_asked_about_lately_can_still_be_drawn(company):
    survey = company.survey
    late = survey["wave"] > 1
    survey.loc[late, [c for c in survey if c.startswith("satisfaction_")]] = np.nan
    quality = kl.measure_quality(survey[survey["account_id"].isin(survey.loc[late, "account_id"])])
    assert quality.latest()["satisfaction"].isna().all()
    quality.plot()
    quality.report()
