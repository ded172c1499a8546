import numpy as np
import pandas as pd
import pytest

import kamlab as kl

SPLIT = "2024-12-29"


@pytest.fixture(scope="module")
def result(_orders):
    return kl.validate_purchases(_orders, split=SPLIT, model="paretonbd")


def test_what_was_bought_afterwards_is_counted_in_weeks(orders, result):
    later = orders[orders["ordered_on"] > SPLIT]
    week = later["ordered_on"].dt.to_period("W")
    bought = later.assign(week=week).groupby("account_id")["week"].nunique()
    table = result.augment().set_index("account_id")
    expected = bought.reindex(table.index).fillna(0)
    assert (table["actual_purchases"] == expected).all()
    assert result.periods == 52
    assert table["actual_purchases"].sum() > 100


def test_the_model_sees_nothing_after_the_split(orders, result):
    before = orders[orders["ordered_on"] <= SPLIT]
    summary = kl.summarise_transactions(before, end=SPLIT)
    fit = kl.fit_purchases(summary, "paretonbd")
    pd.testing.assert_frame_equal(fit.tidy(), result.fit.tidy())
    names = ["account_id", "expected_purchases"]
    pd.testing.assert_frame_equal(fit.augment(52)[names], result.augment()[names])


def test_measures_are_what_they_are_called(result):
    table, tidy = result.augment(), result.tidy().set_index("term")
    assert tidy.index.is_unique
    for forecast, end in (("expected_purchases", ""), ("baseline_purchases", "_baseline")):
        off = table[forecast] - table["actual_purchases"]
        assert tidy.loc[f"mae{end}", "estimate"] == pytest.approx(off.abs().mean())
        assert tidy.loc[f"rmse{end}", "estimate"] == pytest.approx(np.sqrt((off**2).mean()))
        ratio = table[forecast].sum() / table["actual_purchases"].sum()
        assert tidy.loc[f"total_ratio{end}", "estimate"] == pytest.approx(ratio)
    assert (tidy["conf_low"] < tidy["estimate"]).all()
    assert (tidy["estimate"] < tidy["conf_high"]).all()
    rate = table["frequency"] / table["T"].where(table["T"] > 0, 1)
    np.testing.assert_allclose(table["baseline_purchases"], 52 * rate)


def test_the_model_beats_buying_on_as_before_where_it_is_true(result):
    tidy = result.tidy().set_index("term")["estimate"]
    assert tidy["mae"] < tidy["mae_baseline"]
    assert tidy["total_ratio"] == pytest.approx(1, abs=0.25)


def test_bootstrap_intervals_are_about_those_of_a_mean(result):
    table, tidy = result.augment(), result.tidy().set_index("term")
    off = (table["expected_purchases"] - table["actual_purchases"]).abs()
    width = tidy.loc["mae", "conf_high"] - tidy.loc["mae", "conf_low"]
    assert width == pytest.approx(2 * 1.96 * off.std() / np.sqrt(len(off)), rel=0.15)


def test_groups_by_frequency_hold_every_account(result):
    groups = result.by_frequency()
    assert groups["n_accounts"].sum() == len(result.augment())
    assert groups["frequency"].max() <= 7
    for name in ("actual_purchases", "expected_purchases", "baseline_purchases"):
        total = groups["n_accounts"] @ groups[name]
        assert total == pytest.approx(result.augment()[name].sum())


def test_the_same_seed_gives_the_same_intervals(orders, result):
    again, other = (
        kl.validate_purchases(orders, split=SPLIT, model="paretonbd", seed=seed).tidy()
        for seed in (0, 1)
    )
    pd.testing.assert_frame_equal(again, result.tidy())
    assert (other["conf_low"] != again["conf_low"]).any()


def test_a_split_within_a_week_takes_the_whole_week(orders, result):
    within = kl.validate_purchases(orders, split="2024-12-25", model="paretonbd")
    assert within.split == result.split == pd.Timestamp(SPLIT)


def test_accounts_that_come_later_are_counted(orders):
    new = pd.DataFrame(
        {"account_id": ["new"], "ordered_on": pd.Timestamp("2025-06-01"), "amount": 1.0}
    )
    found = kl.validate_purchases(pd.concat([orders, new]), split=SPLIT)
    assert found.n_new == 1
    assert "new" not in set(found.augment()["account_id"])


def test_other_names_and_days_are_possible(orders):
    named = orders.set_axis(["who", "when", "what"], axis=1)
    names = {"account": "who", "date": "when", "amount": "what"}
    found = kl.validate_purchases(named, split=SPLIT, period="D", **names)
    assert found.periods == (named["when"].max() - pd.Timestamp(SPLIT)).days


@pytest.mark.parametrize("split", ["2020-01-01", "2026-01-01", "2025-12-31"])
def test_a_split_without_two_sides_is_refused(orders, split, language):
    with pytest.raises(kl.ArgumentError, match=split):
        kl.validate_purchases(orders, split=split)


def test_a_split_that_is_no_date_is_refused(orders, language):
    with pytest.raises(kl.ArgumentError, match="last year"):
        kl.validate_purchases(orders, split="last year")


def test_wrong_input_is_refused(orders, language):
    with pytest.raises(kl.NotApplicable, match="amount"):
        kl.validate_purchases(orders.drop(columns="amount"), split=SPLIT)
    with pytest.raises(kl.ArgumentError, match="M"):
        kl.validate_purchases(orders, split=SPLIT, period="M")
    orders.loc[0, "ordered_on"] = pd.NaT
    with pytest.raises(kl.DataError, match=r"(?s)ordered_on.*2.*1"):
        kl.validate_purchases(orders, split=SPLIT)


def test_report_and_picture_are_in_the_language_in_use(result, language):
    assert f"{result.augment()['actual_purchases'].sum():,}" in result.report()
    figure = result.plot().figure
    assert figure.png().startswith(b"\x89PNG")
    assert "7+" in figure.alt
    assert str(result.summary())


@pytest.mark.parametrize("split", ["x", 5, None])
def test_a_split_that_is_no_day_is_refused_with_what_was_given(orders, split, language):
    with pytest.raises(kl.ArgumentError, match=f"split {split!r}"):
        kl.validate_purchases(orders, split=split)


def test_dates_as_text_are_refused(orders, language):
    orders["ordered_on"] = orders["ordered_on"].astype(str)
    with pytest.raises(kl.DataError, match="to_datetime"):
        kl.validate_purchases(orders, split=SPLIT)
