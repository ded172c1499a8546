import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.quality.score_error import score_error
from kamlab.value.causality.probe import probe_causality

RATE = {"retention_rate": 0.55, "discount_rate": 0.10}
EFFECT, PERSISTENCE = 0.3, 0.8
CHALLENGES = [
    "as_fitted", "same_rows", "lagged", "past_outcome", "omitted", "placebo", "selection",
]  # fmt: skip
# Of 40 true nulls at 5 %, more than 6 alarms come about once in 300 times.
NULLS, MOST_ALARMS = 40, 6


def world(seed, n=300, periods=3, *, reverse=0.0, leaving=0.0, common=0.0):
    """Simulate accounts whose quality makes money, and the other way round if asked.

    `reverse`: how much of money's chance becomes next year's quality; `leaving`: how much
    chance in money keeps an account; `common`: a lasting cause of quality and money.
    """
    rng = np.random.default_rng(seed)
    lasting = rng.normal(size=n)
    quality = rng.normal(size=n) + common * lasting
    size = rng.normal(2, 0.5, n)
    present = np.ones(n, dtype=bool)
    rows = []
    for period in range(periods):
        chance = rng.normal(size=n)
        money = 8 + EFFECT * quality + 0.3 * size + common * lasting + 0.5 * chance
        stayed = rng.random(n) < 1 / (1 + np.exp(-(1.5 + leaving * chance)))
        frame = pd.DataFrame(
            {
                "account_id": [f"{i:04d}" for i in range(n)],
                "period": period,
                "wave": period + 1,
                "start": pd.Timestamp(2023 + period, 4, 1),
                "trust": quality,
                "size": size,
                "net_margin": np.exp(money),
                "stayed": stayed,
                "decided": True,
                "n_respondents": 1.0,
            }
        )
        rows.append(frame[present])
        present = present & stayed
        fresh = np.sqrt(1 - PERSISTENCE**2) * rng.normal(size=n)
        quality = PERSISTENCE * quality + fresh + reverse * chance
    return pd.concat(rows, ignore_index=True)


def probed(rows, **more):
    fit = kl.fit_value("log(ltv) ~ trust + size", rows, **RATE, **more)
    return probe_causality(fit, "trust")


def finding(result, challenge):
    return result.tidy().set_index("challenge").loc[challenge, "finding"]


def test_money_that_makes_quality_is_caught():
    result = probed(world(1, reverse=0.5))
    assert finding(result, "placebo") == "alarm"
    assert "follow money" in result.report()


def test_no_false_alarm_beyond_the_nominal_rate():
    found = [probed(world(seed, n=150)).tidy().set_index("challenge") for seed in range(NULLS)]
    for challenge in ("placebo", "selection"):
        alarms = sum(table.loc[challenge, "finding"] == "alarm" for table in found)
        assert alarms <= MOST_ALARMS
    # An interval that were far too wide would never alarm; its mean error is the real spread.
    placebo = np.array([table.loc["placebo", ["estimate", "std_error"]] for table in found], float)
    # A standard deviation of 40 estimates is known to 11 %; three of these.
    assert placebo[:, 1].mean() / placebo[:, 0].std() == pytest.approx(1, abs=0.34)


def test_a_true_effect_survives_and_a_lag_fades_as_quality_does():
    table = probed(world(3, n=1_500)).tidy().set_index("challenge")
    for name in ("as_fitted", "same_rows", "lagged", "past_outcome"):
        assert table.loc[name, "finding"] == "kept"
    assert (table.loc[["placebo", "selection"], "finding"] == "quiet").all()
    for name, truth in (("same_rows", EFFECT), ("lagged", PERSISTENCE * EFFECT)):
        assert abs(table.loc[name, "estimate"] - truth) < 4 * table.loc[name, "std_error"]


def test_a_lasting_common_cause_shrinks_when_the_past_is_held_equal():
    table = probed(world(4, n=800, common=0.8)).tidy().set_index("challenge")
    assert table.loc["as_fitted", "estimate"] > EFFECT + 0.15
    assert table.loc["past_outcome", "estimate"] < table.loc["same_rows", "estimate"] - 0.1


def test_leavers_who_differ_are_caught():
    assert finding(probed(world(5, n=800, leaving=1.5)), "selection") == "alarm"


def survey_of(rows, seed, *, lasting=0.7, passing=0.5, count=2):
    """Ask `count` respondents at every account, whose private views last."""
    rng = np.random.default_rng(seed)
    answers = []
    views = {}
    for row in rows.itertuples():
        for who in range(count):
            key = (row.account_id, who)
            view = views.setdefault(key, lasting * rng.normal())
            points = row.trust + view + passing * rng.normal()
            answers.append((row.account_id, f"{row.account_id}-{who}", row.wave, row.start, points))
    survey = pd.DataFrame(
        answers, columns=["account_id", "respondent_id", "wave", "answered_on", "trust_1"]
    )
    for item in (2, 3, 4):
        survey[f"trust_{item}"] = survey["trust_1"]
    scores = survey.groupby(["account_id", "wave"])["trust_1"].mean()
    keys = pd.MultiIndex.from_frame(rows[["account_id", "wave"]])
    return survey, rows.assign(trust=scores.loc[keys].to_numpy(), n_respondents=float(count))


def test_error_in_scores_raises_a_false_alarm_that_the_correction_takes_back():
    survey, rows = survey_of(world(6, n=2_000), 6, lasting=0.5, passing=1.0)
    error = score_error(survey, ["trust"])
    naive = kl.fit_value("log(ltv) ~ trust + size", rows, **RATE)
    fit = kl.fit_value("log(ltv) ~ trust + size", rows, error=error, **RATE)
    false = probe_causality(naive, "trust").tidy().set_index("challenge").loc["placebo"]
    assert false["finding"] == "alarm"
    result = probe_causality(fit, "trust", survey=survey)
    table = result.tidy().set_index("challenge")
    assert table.loc["placebo", "finding"] == "quiet"
    for name, truth in (
        ("same_rows", EFFECT), ("lagged", PERSISTENCE * EFFECT), ("placebo", 0.0)
    ):  # fmt: skip
        assert abs(table.loc[name, "estimate"] - truth) < 4 * table.loc[name, "std_error"]


def test_true_reverse_causality_is_still_caught_after_the_correction():
    survey, rows = survey_of(world(7, n=2_000, reverse=0.8), 7)
    error = score_error(survey, ["trust"])
    fit = kl.fit_value("log(ltv) ~ trust + size", rows, error=error, **RATE)
    assert finding(probe_causality(fit, "trust", survey=survey), "placebo") == "alarm"


def test_a_corrected_placebo_needs_the_survey(company, language):
    error = score_error(company)
    fit = kl.fit_value("log(ltv) ~ trust + size", company, error=error)
    result = probe_causality(fit, "trust")
    row = result.tidy().set_index("challenge").loc["placebo"]
    assert row["finding"] == "no_answer"
    assert "survey=company.survey" in row["reading"]
    given = probe_causality(fit, "trust", survey=company.survey)
    assert finding(given, "placebo") != "no_answer"


@pytest.fixture(scope="module")
def result(worth):
    return probe_causality(worth, "trust")


def test_the_first_row_is_the_regression_itself(result, worth):
    row = result.tidy().iloc[0]
    own = worth.tidy().set_index("term").loc["trust"]
    columns = ["estimate", "std_error", "p_value", "conf_low", "conf_high"]
    np.testing.assert_allclose(row[columns].astype(float), own[columns].astype(float), rtol=1e-9)


def test_same_rows_and_past_outcome_are_least_squares_by_hand(result, worth, table):
    rows = table.sort_values(["account_id", "start"])
    before = rows.groupby("account_id").shift(1)
    known = (before["wave"] < rows["wave"]) & rows["stayed"].notna() & before["net_margin"].gt(0)
    rows, before = rows[known], before[known]
    x = rows[["trust", "commitment", "satisfaction", "size"]].to_numpy(dtype=float)
    past = np.log(before["net_margin"].to_numpy(dtype=float))[:, None]
    y = np.log(rows["net_margin"].to_numpy(dtype=float))
    one = np.ones((len(y), 1))
    lag = before[["trust", "commitment", "satisfaction"]].to_numpy(dtype=float)
    designs = {
        "same_rows": (np.hstack([one, x]), y),
        "lagged": (np.hstack([one, lag, x[:, 3:]]), y),
        "past_outcome": (np.hstack([one, x, past]), y),
        "placebo": (np.hstack([one, x, lag]), past[:, 0]),
    }
    table = result.tidy().set_index("challenge")
    for name, (design, outcome) in designs.items():
        by = np.linalg.lstsq(design, outcome, rcond=None)[0]
        assert table.loc[name, "estimate"] == pytest.approx(by[1], rel=1e-7)
        assert table.loc[name, "nobs"] == len(outcome)


def test_every_verb_answers_in_both_languages(result, language):
    assert result.tidy()["challenge"].tolist() == CHALLENGES
    assert "nan" not in str(result.summary())
    assert "trust" not in result.report()
    assert result.plot().get_title(loc="left")
    assert result.glance()["robustness_value"].between(0, 1).all()
    words = {"en": "does not prove a cause", "ja": "因果の証明にはなりません"}
    assert words[language] in result.report()
    with pytest.raises(kl.NotApplicable):
        result.augment()


def test_a_regression_of_staying_answers_what_it_can(stay, language):
    result = probe_causality(stay, "trust")
    table = result.tidy().set_index("challenge")
    answered = table.index[table["finding"] != "no_answer"].tolist()
    assert answered == ["as_fitted", "same_rows", "lagged"]
    assert table["reading"].str.len().gt(0).all()
    glance = result.glance()
    assert glance["e_value"].item() > glance["e_value_limit"].item() >= 1


def test_gamma_answers_all_but_the_bound(company):
    fit = kl.fit_value("ltv ~ trust + size", company, model="gamma")
    table = probe_causality(fit, "trust").tidy().set_index("challenge")
    assert table.index[table["finding"] == "no_answer"].tolist() == ["omitted"]


def test_one_period_cannot_be_challenged_by_its_past(language):
    rows = world(8, periods=1)
    table = probed(rows).tidy().set_index("challenge")
    assert set(table.index[table["finding"] == "no_answer"]) == {
        "same_rows", "lagged", "past_outcome", "placebo", "selection",
    }  # fmt: skip


def test_one_wave_for_all_periods_is_no_earlier_wave():
    rows = world(9).assign(wave=1)
    table = probed(rows).tidy().set_index("challenge")
    assert table.loc["lagged", "finding"] == "no_answer"
    assert table.loc["selection", "finding"] != "no_answer"


def test_row_order_and_labels_do_not_matter():
    rows = world(10)
    mixed = rows.sample(frac=1, random_state=1)
    table, other = (probed(one).tidy().set_index("challenge") for one in (rows, mixed))
    np.testing.assert_allclose(table["estimate"], other["estimate"], rtol=1e-7)


def test_what_cannot_be_probed_is_refused(company, table, stay, worth, language):
    squared = kl.fit_value("log(ltv) ~ trust + I(trust ** 2)", company)
    own = kl.fit_value("log(ltv) ~ trust", table, retention_rate=stay)
    median = kl.fit_value("ltv ~ trust", company, model="quantile")
    for fit, term in [
        (squared, "trust"), (worth, "colour"), (own, "trust"), (median, "trust"),
        ("fit", "trust"), (worth, "Intercept"),
    ]:  # fmt: skip
        with pytest.raises(kl.ArgumentError):
            probe_causality(fit, term)


def test_two_rows_of_one_date_are_refused(table):
    again = table.iloc[:1].assign(period=table["period"].iloc[0] + 0.5)
    with pytest.warns(kl.DataWarning, match="1 period"):
        fit = kl.fit_value("log(ltv) ~ trust + size", pd.concat([table, again]))
    with pytest.raises(kl.ModelError, match="same first day"):
        probe_causality(fit, "trust")


def test_a_category_that_some_draws_miss_leaves_the_other_draws(table):
    rare = set(table["account_id"].unique()[:60:20])
    rows = table.assign(kind=np.where(table["account_id"].isin(rare), "rare", "usual"))
    fit = kl.fit_value("log(ltv) ~ trust + kind", rows)
    found = probe_causality(fit, "trust").tidy().set_index("challenge")
    assert np.isfinite(found.loc["placebo", "std_error"])
