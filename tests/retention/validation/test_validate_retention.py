from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit

import kamlab as kl
from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable, RowsLeftOutWarning
from kamlab.foundation.language import Text
from kamlab.retention.survival.groups import quantile_groups
from kamlab.retention.validation import rolling
from kamlab.retention.validation.accuracy import Forecasts, wilson
from kamlab.retention.validation.validate import validate_retention

R = Path(__file__).parents[2] / "reference" / "retention_r"
SAME_SUMS = 1e-9  # the same sums in another program
CONVERGED = 1e-6  # two iterative fits
FORMULA = "stayed ~ trust + commitment"


@pytest.fixture(scope="module")
def check(_table):
    return validate_retention(FORMULA, _table.copy(deep=True))


@pytest.fixture(scope="module")
def r_forecasts():
    data = pd.read_csv(R / "predictions.csv", dtype={"account_id": str})
    values = pd.read_csv(R / "predictions_values.csv", dtype={"term": str}).fillna({"term": ""})
    stayed = data["stayed"].to_numpy(dtype=float)
    base = np.full(len(data), stayed.mean())
    forecasts = Forecasts(data["probability"].to_numpy(), base, stayed)
    return forecasts, data, values.set_index(["quantity", "term"])["value"]


def test_measures_are_those_of_r(r_forecasts):
    forecasts, data, expected = r_forecasts
    found = forecasts.measures(np.ones((1, len(data))))
    for name in ("auc", "brier", "brier_skill"):
        assert found[name][0] == pytest.approx(expected[name, ""], rel=SAME_SUMS)
    assert found["log_score"][0] == pytest.approx(-expected["log_score", ""], rel=SAME_SUMS)
    lines = forecasts.recalibration(np.arange(len(data)), 0.95)
    for name in ("calibration_intercept", "calibration_slope"):
        assert lines[name][0] == pytest.approx(expected[name, ""], rel=CONVERGED)


def test_the_shares_limits_are_those_of_r(r_forecasts):
    _, _, expected = r_forecasts
    count, share, *limits = (
        expected[f"wilson_{name}"].to_numpy() for name in ("n", "share", "low", "high")
    )
    np.testing.assert_allclose(wilson(share * count, count, 0.95), limits, rtol=SAME_SUMS)


def delong(probability, stayed):
    """DeLong, DeLong and Clarke-Pearson's (1988) standard error, pair by pair."""
    up, down = probability[stayed == 1], probability[stayed == 0]
    wins = (up[:, None] > down) + (up[:, None] == down) / 2
    return np.sqrt(
        wins.mean(axis=1).var(ddof=1) / len(up) + wins.mean(axis=0).var(ddof=1) / len(down)
    )


def test_the_bootstraps_spread_of_the_auc_is_delongs_where_accounts_occur_once(r_forecasts):
    forecasts, data, expected = r_forecasts
    error = delong(forecasts.probability, forecasts.stayed)
    assert error == pytest.approx(expected["auc_se", ""], rel=SAME_SUMS)
    rng = np.random.default_rng(1)
    times = rng.multinomial(len(data), np.full(len(data), 1 / len(data)), size=4000)
    # 4,000 draws know a standard deviation to 1.1 %; DeLong's divides by n - 1, not n.
    assert forecasts.auc(times.astype(float)).std() == pytest.approx(error, rel=0.06)


def test_the_auc_counts_pairs_with_ties_and_weights_as_repeated_rows():
    rng = np.random.default_rng(2)
    probability, stayed = rng.integers(1, 6, 40) / 6, (rng.random(40) < 0.6).astype(float)
    times = rng.integers(0, 4, (5, 40))
    found = Forecasts(probability, stayed, stayed).auc(times.astype(float))
    for draw, value in zip(times, found, strict=True):
        p, y = np.repeat(probability, draw), np.repeat(stayed, draw)
        up, down = p[y == 1][:, None], p[y == 0]
        assert value == pytest.approx(((up > down) + (up == down) / 2).mean(), rel=1e-12)


def test_right_forecasts_have_slope_one_and_overconfident_ones_less():
    rng = np.random.default_rng(3)
    odds = rng.normal(1, 1, 4000)
    stayed = (rng.random(4000) < expit(odds)).astype(float)
    accounts, base = np.arange(4000) // 2, np.full(4000, 0.7)
    right = Forecasts(expit(odds), base, stayed).recalibration(accounts, 0.95)
    assert right["calibration_slope"][1] < 1 < right["calibration_slope"][2]
    assert right["calibration_intercept"][1] < 0 < right["calibration_intercept"][2]
    extreme = Forecasts(expit(2 * odds), base, stayed).recalibration(accounts, 0.95)
    assert extreme["calibration_slope"][0] == pytest.approx(right["calibration_slope"][0] / 2)
    high = Forecasts(expit(odds + 0.5), base, stayed).recalibration(accounts, 0.95)
    assert high["calibration_intercept"][2] < 0


def test_no_model_sees_the_period_that_it_foretells(table, monkeypatch):
    seen = []
    real = rolling.fit_retention

    def watched(formula, rows, **options):
        fit = real(formula, rows, **options)

        def predict(own):
            seen.append((rows["end"].max(), own["start"].min(), set(own["period"]), len(rows)))
            return fit.predict(own)

        return SimpleNamespace(predict=predict)

    monkeypatch.setattr(rolling, "fit_retention", watched)
    found = validate_retention(FORMULA, table).augment()
    assert [periods for _, _, periods, _ in seen] == [{2023}, {2024}, {2025}]
    assert all(last < first for last, first, _, _ in seen)
    assert found.groupby("period")["n_earlier"].first().tolist() == [n for *_, n in seen]


def remembering(formula, rows, **options):
    """Fit a "model" that knows by heart what it has seen, and gives the base rate for the rest."""
    known = rows.set_index(["account_id", "period"])["stayed"].astype(float)
    assert "outcome" not in rows

    def predict(own):
        keys = pd.MultiIndex.from_frame(own[["account_id", "period"]])
        told = known.reindex(keys).fillna(known.mean()).clip(0.01, 0.99)
        return pd.DataFrame({"stay_probability": told.to_numpy()}, index=own.index)

    return SimpleNamespace(predict=predict)


def test_a_planted_leak_shows_when_rows_are_seen_and_never_here(table, monkeypatch):
    decided = table[table["decided"]]
    leaky = remembering(FORMULA, decided).predict(decided)["stay_probability"].to_numpy()
    stayed = decided["stayed"].to_numpy(dtype=float)
    assert Forecasts(leaky, leaky, stayed).auc(np.ones((1, len(stayed))))[0] == 1  # it would show
    monkeypatch.setattr(rolling, "fit_retention", remembering)
    found = validate_retention(FORMULA, table).augment()
    assert found.groupby("period")["stay_probability"].nunique().eq(1).all()
    np.testing.assert_allclose(found["stay_probability"], found["base_rate"])


def test_the_last_bit_of_a_forecast_does_not_rank_accounts(table, monkeypatch):
    # Rows that are alike may differ in the last bit, by their place in a matrix product.
    def alike_but_for_a_bit(formula, rows, **options):
        def predict(own):
            told = np.where(own["stayed"], np.nextafter(0.75, 1), 0.75)
            return pd.DataFrame({"stay_probability": told}, index=own.index)

        return SimpleNamespace(predict=predict)

    monkeypatch.setattr(rolling, "fit_retention", alike_but_for_a_bit)
    found = validate_retention(FORMULA, table)
    assert found.augment()["stay_probability"].unique().tolist() == [0.75]
    assert found.glance()["auc"].item() == 0.5


def test_what_happens_later_does_not_change_a_forecast(table, check):
    expected = check.augment().query("period <= 2024")
    changed = table.copy()
    later = (table["period"] >= 2024) & table["decided"]
    changed.loc[later, "stayed"] = ~changed.loc[later, "stayed"].astype(bool)
    found = validate_retention(FORMULA, changed).augment().query("period <= 2024")
    for name in ("stay_probability", "base_rate", "n_earlier"):
        np.testing.assert_array_equal(found[name], expected[name])


def test_a_period_that_overlaps_is_not_used_before_it_has_ended(table):
    # One account's period 2022 ends a year late: it is not known when 2023 begins.
    late = (table["account_id"] == "A-001") & (table["period"] == 2022)
    table.loc[late, "end"] += pd.DateOffset(years=1)
    with pytest.warns(kl.DataWarning, match="1 period"):
        check = validate_retention(FORMULA, table)
    found = check.augment().groupby("period")["n_earlier"].first()
    assert found[2023] == 201 - 1
    assert found[2024] == 201 + 172


def test_forecasts_and_measures_follow_from_fits_by_hand(table, check):
    found = check.augment()
    decided = table[table["decided"]]
    for period, own in found.groupby("period"):
        fit = kl.fit_retention(FORMULA, decided[decided["period"] < period])
        rows = decided[decided["period"] == period]
        expected = fit.predict(rows)["stay_probability"]
        np.testing.assert_allclose(own["stay_probability"], expected, rtol=1e-9)
        earlier = decided.loc[decided["period"] < period, "stayed"].mean()
        np.testing.assert_allclose(own["base_rate"], earlier)
    y = found["stayed"].astype(float)
    brier = ((found["stay_probability"] - y) ** 2).mean()
    base = ((found["base_rate"] - y) ** 2).mean()
    tidy = check.tidy().set_index("term")["estimate"]
    assert tidy["brier"] == pytest.approx(brier)
    assert tidy["brier_skill"] == pytest.approx(1 - brier / base)


def test_all_rows_of_an_account_are_drawn_together(table):
    # Every account twice, as one: the intervals must not believe that there are twice as many.
    one = validate_retention(FORMULA, table).tidy().set_index("term")
    again = table.assign(period=table["period"] + 0.5)
    with pytest.warns(kl.DataWarning):
        two = validate_retention(FORMULA, pd.concat([table, again], ignore_index=True))
    two = two.tidy().set_index("term")
    for term in ("auc", "brier"):
        widths = [t.loc[term, "conf_high"] - t.loc[term, "conf_low"] for t in (one, two)]
        assert widths[1] == pytest.approx(widths[0], rel=1e-6)


def test_the_calibration_table_has_every_forecast_once(check):
    table = check.calibration()
    found = check.augment()
    assert table["nobs"].sum() == len(found)
    assert table["group"].tolist() == [1, 2, 3, 4, 5]
    assert table["highest_given"].lt(table["lowest_given"].shift(-1, fill_value=1)).all()
    share = (table["stayed_share"] * table["nobs"]).sum() / table["nobs"].sum()
    assert share == pytest.approx(found["stayed"].astype(float).mean())
    assert (table["stayed_low"] < table["stayed_share"]).all()


def test_equal_forecasts_are_one_group():
    assert quantile_groups(np.r_[np.full(8, 0.5), 0.9, 0.95], 5).tolist() == [0] * 8 + [1, 1]
    assert set(quantile_groups(np.full(10, 0.5), 5)) == {0}


def test_order_of_rows_seed_and_level(table, check):
    shuffled = table.sample(frac=1, random_state=5)
    before = shuffled.copy(deep=True)
    pd.testing.assert_frame_equal(validate_retention(FORMULA, shuffled).tidy()[["estimate"]],
                                  check.tidy()[["estimate"]])  # fmt: skip
    pd.testing.assert_frame_equal(shuffled, before)
    pd.testing.assert_frame_equal(validate_retention(FORMULA, table).tidy(), check.tidy())
    other = validate_retention(FORMULA, table, seed=1, conf_level=0.5).tidy().set_index("term")
    first = check.tidy().set_index("term")
    width = (first["conf_high"] - first["conf_low"]) / (other["conf_high"] - other["conf_low"])
    # Normal, the ratio of widths is 2.9; percentiles of 1,000 draws know it to about 5 %.
    np.testing.assert_allclose(width, stats.norm.ppf(0.975) / stats.norm.ppf(0.75), rtol=0.15)


@pytest.mark.parametrize("model", ["logit", "probit", "cloglog", "firth", "random_intercept"])
def test_every_model_with_a_probability_can_be_checked(table, model):
    found = validate_retention(FORMULA, table, model=model)
    assert 0.6 < found.glance()["auc"].item() < 0.9
    assert model in str(found.title)


def test_cox_has_no_probability_to_check(table, language):
    with pytest.raises(NotApplicable, match="cloglog"):
        validate_retention(FORMULA, table, model="cox")


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"from_period": 1999}, ArgumentError, "2023"),
        ({"from_period": 2022}, NotApplicable, "2022"),
        ({"n_groups": 1}, ArgumentError, "20"),
        ({"n_groups": 2.5}, ArgumentError, "20"),
        ({"conf_level": 2}, ArgumentError, "2"),
        ({"formula": "stayed ~ margin"}, ModelError, "margin"),
        ({"formula": "net_margin ~ trust"}, ModelError, "stayed"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_words(table, language, options, kind, words):
    with pytest.raises(kind, match=words):
        validate_retention(**{"formula": FORMULA, "data": table} | options)


def test_a_first_period_can_be_chosen(table):
    found = validate_retention(FORMULA, table, from_period=2025)
    assert found.augment()["period"].unique().tolist() == [2025]
    assert found.glance()["n_periods"].item() == 1


def test_too_few_that_left_and_a_failing_model_are_told_with_their_period(table, monkeypatch):
    few = table[table["account_id"].isin(table["account_id"].unique()[:6])]
    with pytest.raises((NotApplicable, ModelError)):
        validate_retention(FORMULA, few)

    def failing(formula, rows, **options):
        raise ModelError(Text("no solution", "解なし"))

    monkeypatch.setattr(rolling, "fit_retention", failing)
    with pytest.raises(ModelError, match=r"2023.*no solution"):
        validate_retention(FORMULA, table)


def test_a_formula_without_terms_has_no_skill_and_no_slope(table, language):
    found = validate_retention("stayed ~ 1", table, from_period=2025)
    tidy = found.tidy().set_index("term")
    assert tidy.loc["brier_skill", "estimate"] == pytest.approx(0, abs=1e-9)
    assert tidy.loc["auc", "estimate"] == 0.5
    assert np.isnan(tidy.loc["calibration_slope", "estimate"])
    assert len(found.calibration()) == 1
    assert "nan" not in found.report()
    assert len(found.notes) == 4
    found.plot()


def test_all_alike_is_not_applicable(table):
    last = (table["period"] == 2025) & table["decided"]
    table.loc[last, "stayed"] = True
    with pytest.raises(NotApplicable, match="134"):
        validate_retention(FORMULA, table, from_period=2025)


def test_rows_without_predictors_are_left_out_and_told_once(table):
    table.loc[(table["period"] == 2024) & (table["account_id"] == "A-001"), "trust"] = np.nan
    with pytest.warns(RowsLeftOutWarning) as told:
        found = validate_retention(FORMULA, table)
    assert len(told) == 1
    assert found.glance()["n_left_out"].item() == 1
    assert len(found.augment()) == 452


def test_all_verbs_speak_both_languages_and_compare(check, table, language):
    ax = check.plot()
    assert ax.get_title(loc="left")
    assert ax.figure.alt
    assert str(check.summary())
    assert "%" in check.report()
    assert len(kl.labelled(check.augment())) == 453
    assert kl.labelled(check.calibration()).shape == (5, 8)
    other = validate_retention("stayed ~ trust", table)
    both = kl.compare({"two": check, "one": other})
    assert set(both.tidy()["term"]) == set(check.tidy()["term"])
    both.plot()
