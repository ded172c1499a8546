import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import kamlab as kl
from kamlab.foundation.language import money
from kamlab.panel.resample import resample

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"
RATED = ("trust", "commitment", "satisfaction")
ROUNDING = 1e-9
NUMERICAL = 1e-6  # central differences on either side
# 1,000 draws of accounts: an end of a 95 % interval has a standard error of about .08 sd, 4 % of
# the half width; the curvature that the delta method leaves out adds a few per cent.
TWO_METHODS = 0.15


def present_rows(table):
    """Present customers with scores, and their latest net margin, by plain loops."""
    rows = []
    for _, own in table.groupby("account_id"):
        own = own.sort_values("start")
        last = own.iloc[-1]
        if not pd.isna(last["stayed"]) and not last["stayed"]:
            continue
        paid = own["net_margin"].dropna()
        if len(paid) and last[list(RATED)].notna().all():
            rows.append(last.to_dict() | {"latest": paid.iloc[-1]})
    return rows


def value_by_hand(row, stay, worth, raise_by, discount_rate=0.10):
    def better(name):
        wished = row[name] + raise_by.get(name, 0)
        return min(max(wished, 1), 7) if name in RATED else wished

    def rate(value):
        odds = stay["Intercept"] + sum(stay[t] * value(t) for t in stay.index if t != "Intercept")
        return 1 / (1 + np.exp(-odds))

    now = row["latest"] * rate(row.get) / (1 + discount_rate - rate(row.get))
    growth = np.exp(sum(worth[t] * (better(t) - row[t]) for t in worth.index if t != "Intercept"))
    after = row["latest"] * growth * rate(better) / (1 + discount_rate - rate(better))
    return now, after


@pytest.mark.parametrize(
    "raise_by",
    [
        {"trust": 1},
        {"trust": 0.1, "commitment": -0.5},
        {"satisfaction": 6},
        {"commitment": -6},
        {"tenure": 2},
        {"size": 0.3},
    ],
)
def test_values_are_the_closed_form_account_by_account(table, stay, worth, raise_by):
    found = kl.value_of_quality(stay, worth, raise_by=raise_by).augment().set_index("account_id")
    rows = present_rows(table)
    assert sorted(found.index) == sorted(row["account_id"] for row in rows)
    for row in rows:
        now, after = value_by_hand(row, stay.coefficients, worth.coefficients, raise_by)
        here = found.loc[row["account_id"]]
        np.testing.assert_allclose(
            here[["value_now", "value_after"]].astype(float), [now, after], rtol=ROUNDING
        )
        assert here["gain"] == pytest.approx(after - now, rel=1e-6, abs=1e-3)


def test_the_total_is_the_sum_and_the_mean_the_share_of_each(gain):
    accounts, tidy = gain.augment(), gain.tidy().set_index("term")
    assert tidy.loc["total", "estimate"] == pytest.approx(accounts["gain"].sum())
    ratio = (tidy.loc["total"] / tidy.loc["mean"]).astype(float)
    np.testing.assert_allclose(ratio, len(accounts))
    glance = gain.glance().iloc[0]
    assert glance["value_after"] - glance["value_now"] == pytest.approx(accounts["gain"].sum())
    assert glance["n_accounts"] == len(accounts)


def test_a_raise_of_nothing_is_worth_nothing_for_certain(stay, worth):
    nothing = kl.value_of_quality(stay, worth, raise_by={"trust": 0})
    table = nothing.augment()
    assert (table[["gain", "gain_low", "gain_high"]] == 0).all(axis=None)
    assert (nothing.tidy()[["estimate", "conf_low", "conf_high"]] == 0).all(axis=None)
    assert (table["value_now"] == table["value_after"]).all()


@pytest.mark.parametrize("level", [0.01, 0.5, 0.999])
def test_every_level_can_be_drawn_and_told(stay, worth, level, language):
    result = kl.value_of_quality(stay, worth, raise_by={"trust": 1}, conf_level=level)
    result.plot()
    assert result.report()


def test_intervals_widen_with_the_level(stay, worth):
    widths = []
    for level in (0.5, 0.8, 0.95):
        total = kl.value_of_quality(stay, worth, raise_by={"trust": 1}, conf_level=level).tidy()
        widths.append(total["conf_high"].iloc[0] - total["conf_low"].iloc[0])
    assert widths[0] < widths[1] < widths[2]


def covariance_by_hand(stay, worth):
    """Both clustered covariances, and between them the products of what each account moves."""
    moved = []
    for fit in (stay, worth):
        n, k, g = *fit.design.terms.shape, fit.design.groups.nunique()
        factor = g / (g - 1) * (n - 1) / (n - k)
        own = pd.DataFrame(fit.estimates.influence).groupby(fit.design.groups.to_numpy()).sum()
        moved.append(np.sqrt(factor) * own)
    across = np.zeros((len(stay.coefficients), len(worth.coefficients)))
    for account in set(moved[0].index) & set(moved[1].index):
        across += np.outer(moved[0].loc[account], moved[1].loc[account])
    own = [fit.estimates.covariance for fit in (stay, worth)]
    return np.block([[own[0], across], [across.T, own[1]]])


def test_intervals_by_the_delta_method_are_those_made_by_hand(table, stay, worth):
    rows = present_rows(table)
    raise_by = {"trust": 1}
    n = len(stay.coefficients)

    def gains(b):
        first = pd.Series(b[:n], index=stay.coefficients.index)
        second = pd.Series(b[n:], index=worth.coefficients.index)
        pairs = [value_by_hand(row, first, second, raise_by) for row in rows]
        return np.array([after - now for now, after in pairs])

    b = np.concatenate([stay.coefficients, worth.coefficients])
    step = 1e-4
    slopes = np.array(
        [(gains(b + step * e) - gains(b - step * e)) / (2 * step) for e in np.eye(len(b))]
    )
    covariance = covariance_by_hand(stay, worth)
    reach = stats.t.ppf(0.975, stay.design.groups.nunique() - 1)
    found = kl.value_of_quality(stay, worth, raise_by=raise_by, method="delta")
    whole = slopes.sum(axis=1)
    total = found.tidy().set_index("term").loc["total"]
    half = reach * np.sqrt(whole @ covariance @ whole)
    np.testing.assert_allclose(
        total[["conf_low", "conf_high"]].astype(float),
        [total["estimate"] - half, total["estimate"] + half],
        rtol=NUMERICAL,
    )
    halves = reach * np.sqrt(np.einsum("ja,jk,ka->a", slopes, covariance, slopes))
    accounts = found.augment().set_index("account_id").loc[[row["account_id"] for row in rows]]
    np.testing.assert_allclose(accounts["gain_high"] - accounts["gain"], halves, rtol=1e-5)
    np.testing.assert_allclose(accounts["gain"] - accounts["gain_low"], halves, rtol=1e-5)


def test_both_methods_tell_nearly_the_same(stay, worth, gain):
    delta = kl.value_of_quality(stay, worth, raise_by={"trust": 1}, method="delta")
    widths = [np.ptp(r.tidy()[["conf_low", "conf_high"]].iloc[0].to_numpy()) for r in (gain, delta)]
    assert widths[0] == pytest.approx(widths[1], rel=TWO_METHODS)
    np.testing.assert_allclose(gain.augment()["gain"], delta.augment()["gain"])


def test_the_bootstrap_is_the_regressions_fitted_anew_to_drawn_accounts(table, stay, worth):
    """One draw, made by hand: rows of drawn accounts repeated, both regressions by statsmodels."""
    draws = resample(pd.concat([stay.design.groups, worth.design.groups]), 100, 3)
    found = [fit.redrawn(draws).coefficients[7] for fit in (stay, worth)]
    for fit, coefficients in zip((stay, worth), found, strict=True):
        times = draws.of(fit.design.groups)[7].astype(int)
        rows = np.repeat(np.arange(len(times)), times)
        terms, outcome = (
            part.iloc[rows].to_numpy() for part in (fit.design.terms, fit.design.outcome)
        )
        kind = sm.Logit if fit is stay else sm.OLS
        again = kind(outcome, terms).fit(**({"disp": 0, "tol": 1e-12} if fit is stay else {}))
        np.testing.assert_allclose(coefficients, again.params, rtol=1e-7, atol=1e-9)


def test_ranks_follow_the_gain_and_their_doubt_is_counted_from_the_draws(gain):
    table = gain.augment()
    assert table["gain"].is_monotonic_decreasing
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    order = np.argsort(-gain.gains.gain, kind="stable")
    draws = gain.gains.draws[:, order]
    places = stats.rankdata(-draws, axis=1, method="ordinal")
    np.testing.assert_allclose(table["in_top"], (places <= 10).mean(axis=0))
    above = (draws[:, 0] > draws[:, 1]).mean()
    assert table["above_next"].iloc[0] == pytest.approx(above)
    assert np.isnan(table["above_next"].iloc[-1])
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert gain.glance()["top_kept"].item() == pytest.approx(table["in_top"].head(10).mean())


def test_a_corrected_chain_is_wider_and_says_so(company, table, gain, language):
    error = kl.score_error(company)
    stay = kl.fit_retention(STAY, table, error=error)
    worth = kl.fit_value(WORTH, table, error=error)
    found = kl.value_of_quality(stay, worth, raise_by={"trust": 1})
    widths = [np.ptp(r.tidy()[["conf_low", "conf_high"]].iloc[0].to_numpy()) for r in (gain, found)]
    assert widths[0] < widths[1]
    assert str(found.notes[2]) != str(gain.notes[2])
    assert found.report()


def test_what_the_chain_cannot_use_is_told_all_at_once(company, table, stay, worth, language):
    error = kl.score_error(company)
    corrected = kl.fit_retention(STAY, table, error=error)
    with pytest.raises(kl.ArgumentError) as caught:
        kl.value_of_quality(corrected, worth, raise_by={"trust": 1}, method="delta")
    assert "method='bootstrap'" in str(caught.value)
    assert "error=" in str(caught.value)
    with pytest.raises(kl.ArgumentError, match="jackknife"):
        kl.value_of_quality(stay, worth, raise_by={"trust": 1}, method="jackknife")
    with pytest.raises(kl.ArgumentError, match="n_boot"):
        kl.value_of_quality(stay, worth, raise_by={"trust": 1}, n_boot=5)
    with pytest.raises(kl.ArgumentError, match="n_boot"):
        kl.value_of_quality(stay, worth, raise_by={"trust": 1}, method="delta", n_boot=0)
    with pytest.raises(kl.ArgumentError, match="top"):
        kl.value_of_quality(stay, worth, raise_by={"trust": 1}, top=0)
    median = kl.fit_value(WORTH, table, model="quantile")
    with pytest.raises(kl.ArgumentError, match="quantile"):
        kl.value_of_quality(stay, median, raise_by={"trust": 1})
    twice = kl.fit_value(WORTH, table, retention_rate=stay)
    with pytest.raises(kl.ArgumentError, match="retention_rate"):
        kl.value_of_quality(stay, twice, raise_by={"trust": 1})


def test_large_companies_are_valued_in_parts_with_the_same_result(monkeypatch, stay, worth):
    whole = kl.value_of_quality(stay, worth, raise_by={"trust": 1}, n_boot=100)
    monkeypatch.setattr("kamlab.value.gains.CELLS_AT_ONCE", 1_000)
    monkeypatch.setattr("kamlab.panel.resample.CELLS_AT_ONCE", 10_000)
    parts = kl.value_of_quality(stay, worth, raise_by={"trust": 1}, n_boot=100)
    pd.testing.assert_frame_equal(parts.augment(), whole.augment())


@pytest.mark.parametrize("by", [1, 3, -3, 6])
def test_the_accounts_that_the_scales_end_holds_back_are_counted(table, stay, worth, by, language):
    expected = sum(not 1 <= row["trust"] + by <= 7 for row in present_rows(table))
    result = kl.value_of_quality(stay, worth, raise_by={"trust": by})
    assert result.n_capped == expected
    assert str(expected) in str(result.notes[3])


def test_an_account_at_the_end_of_the_scale_gains_nothing(table, stay, worth):
    worth = dataclasses.replace(worth, rows=table.assign(trust=7.0))
    result = kl.value_of_quality(stay, worth, raise_by={"trust": 2})
    assert (result.augment()["gain"] == 0).all()
    assert result.n_capped == len(result.augment())


def test_what_has_no_scale_is_not_held_back(stay, worth):
    assert kl.value_of_quality(stay, worth, raise_by={"tenure": 50}).n_capped == 0


def test_present_accounts_without_scores_or_margin_are_left_out_and_counted(table, stay, worth):
    present = [row["account_id"] for row in present_rows(table)]
    mute, unpaid = present[0], present[1]
    table.loc[table["account_id"] == mute, "trust"] = np.nan
    table.loc[table["account_id"] == unpaid, "net_margin"] = np.nan
    result = kl.value_of_quality(
        stay, dataclasses.replace(worth, rows=table), raise_by={"trust": 1}
    )
    assert not {mute, unpaid} & set(result.augment()["account_id"])
    before = kl.value_of_quality(stay, worth, raise_by={"trust": 1})
    assert result.n_left_out == before.n_left_out + 2


def test_accounts_that_left_are_not_valued(table, gain):
    left = table.loc[table["stayed"].fillna(True).eq(False), "account_id"]
    assert len(left)
    assert not set(left) & set(gain.augment()["account_id"])


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others(stay, worth, gain):
    again, other = (
        kl.value_of_quality(stay, worth, raise_by={"trust": 1}, seed=seed) for seed in (0, 1)
    )
    pd.testing.assert_frame_equal(again.augment(), gain.augment())
    assert (other.augment()["gain_low"] != gain.augment()["gain_low"]).any()
    pd.testing.assert_series_equal(other.augment()["gain"], gain.augment()["gain"])


def test_money_may_be_counted_in_another_unit(table, stay, gain):
    thousands = table.assign(net_margin=table["net_margin"] / 1000)
    worth = kl.fit_value("log(ltv) ~ trust + commitment + satisfaction + size", thousands)
    found = kl.value_of_quality(stay, worth, raise_by={"trust": 1})
    np.testing.assert_allclose(1000 * found.augment()["gain"], gain.augment()["gain"], rtol=1e-6)


def test_row_order_does_not_matter(table, gain):
    shuffled = table.sample(frac=1, random_state=9)
    stay = kl.fit_retention("stayed ~ trust + commitment + satisfaction + tenure", shuffled)
    worth = kl.fit_value("log(ltv) ~ trust + commitment + satisfaction + size", shuffled)
    found = kl.value_of_quality(stay, worth, raise_by={"trust": 1}).augment()
    expected = gain.augment()
    assert found["account_id"].tolist() == expected["account_id"].tolist()
    np.testing.assert_allclose(found["gain"], expected["gain"], rtol=1e-6)


def test_changing_the_table_after_the_fit_does_not_change_the_value(table, gain):
    stay = kl.fit_retention("stayed ~ trust + commitment + satisfaction + tenure", table)
    worth = kl.fit_value("log(ltv) ~ trust + commitment + satisfaction + size", table)
    table["trust"] = 1.0
    table["net_margin"] = 5.0
    found = kl.value_of_quality(stay, worth, raise_by={"trust": 1}).augment()
    pd.testing.assert_series_equal(found["gain"], gain.augment()["gain"])


@pytest.mark.parametrize("raise_by", [{"trst": 1}, {"trust": 1, "size of moon": 2}, {}])
def test_a_name_in_neither_regression_is_refused_with_those_that_are(
    stay, worth, raise_by, language
):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.value_of_quality(stay, worth, raise_by=raise_by)
    message = str(caught.value)
    for name in ("commitment", "tenure", "size", *(n for n in raise_by if n != "trust")):
        assert name in message


def test_what_is_no_number_cannot_be_raised(table, language):
    stay = kl.fit_retention("stayed ~ trust + C(region)", table)
    worth = kl.fit_value("log(ltv) ~ trust + size", table)
    with pytest.raises(kl.ArgumentError):
        kl.value_of_quality(stay, worth, raise_by={"region": 1})


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_that_is_no_probability_is_refused(stay, worth, level):
    with pytest.raises((kl.ModelError, ValueError)) as caught:
        kl.value_of_quality(stay, worth, raise_by={"trust": 1}, conf_level=level)
    assert "quantile" not in str(caught.value).lower()


def test_regressions_on_tables_that_do_not_belong_together_are_refused_in_words(table, stay):
    worth = kl.fit_value("log(ltv) ~ size", table.drop(columns=["trust", "tenure"]))
    with pytest.raises(kl.KamlabError):
        kl.value_of_quality(stay, worth, raise_by={"size": 1})


def test_nobody_to_value_does_not_apply(table, stay, worth, language):
    gone = dataclasses.replace(worth, rows=table.assign(trust=np.nan))
    with pytest.raises(kl.NotApplicable):
        kl.value_of_quality(stay, gone, raise_by={"trust": 1})


def test_every_term_that_changes_with_a_column_moves_with_it(table):
    """A logarithm and an interaction follow the raised column, not its old value."""
    stay = kl.fit_retention("stayed ~ log(trust) + trust:commitment", table)
    worth = kl.fit_value("log(ltv) ~ I(trust ** 2) + size", table)
    found = kl.value_of_quality(stay, worth, raise_by={"trust": 0.5}).augment()
    b, c = stay.coefficients, worth.coefficients
    rows = {row["account_id"]: row for row in present_rows(table)}
    for account, after in zip(found["account_id"], found["value_after"], strict=True):
        row = rows[account]
        trust = min(row["trust"] + 0.5, 7)
        odds = b.iloc[0] + b["log(trust)"] * np.log(trust)
        rate = 1 / (1 + np.exp(-odds - b["trust:commitment"] * trust * row["commitment"]))
        growth = np.exp(c["I(trust ** 2)"] * (trust**2 - row["trust"] ** 2))
        assert after == pytest.approx(row["latest"] * growth * rate / (1.1 - rate), rel=ROUNDING)


def test_the_report_carries_total_and_limits_in_both_languages(gain, language):
    total = gain.tidy().iloc[0]
    report = gain.report()
    for name in ("estimate", "conf_low", "conf_high"):
        assert str(money(total[name], "JPY")) in report
    assert str(len(gain.augment())) in report


def test_an_open_periods_margin_so_far_is_not_taken_for_a_years(table, gain):
    is_open = table["stayed"].isna()
    table["net_margin"] = table["net_margin"].mask(is_open, 1.0)
    stay = kl.fit_retention("stayed ~ trust + commitment + satisfaction + tenure", table)
    worth = kl.fit_value("log(ltv) ~ trust + commitment + satisfaction + size", table)
    found = kl.value_of_quality(stay, worth, raise_by={"trust": 1}).tidy()
    np.testing.assert_allclose(found["estimate"], gain.tidy()["estimate"])


def test_accounts_that_bring_a_loss_are_left_out_and_counted(table, stay):
    past = table["start"].where(table["stayed"].notna())
    last = past.groupby(table["account_id"]).transform("max")
    present = set(table.loc[table["stayed"].isna(), "account_id"])
    losing = table["account_id"].isin(sorted(present)[:5]) & (table["start"] == last)
    table["net_margin"] = table["net_margin"].mask(losing, -1e6)
    with pytest.warns(kl.RowsLeftOutWarning):
        worth = kl.fit_value("log(ltv) ~ trust + commitment + satisfaction + size", table)
    found = kl.value_of_quality(stay, worth, raise_by={"trust": 1})
    assert found.glance()["n_left_out"].item() == 5
    assert (found.augment()["gain"] >= 0).all()


def test_an_account_that_a_term_cannot_be_made_of_is_left_out_and_counted(table, worth):
    counts = table["complaint_last_year"].mask(table["complaint_last_year"] == 0, 1.0)
    stay = kl.fit_retention("stayed ~ trust + log(visits)", table.assign(visits=counts.fillna(1)))
    zero = table["account_id"].isin(sorted(table["account_id"].unique())[:20])
    rows = table.assign(visits=counts.fillna(1).mask(zero & table["stayed"].isna(), 0.0))
    found = kl.value_of_quality(stay, dataclasses.replace(worth, rows=rows), raise_by={"trust": 1})
    gone = int((zero & table["stayed"].isna()).sum())
    assert gone > 0
    assert found.glance()["n_left_out"].item() == gone
    assert (found.augment()["value_now"] > 0).all()


@pytest.mark.parametrize("wrong", [{"trust": np.nan}, {"trust": np.inf}, {"trust": "1"}, "trust"])
def test_a_raise_that_is_no_number_of_points_is_refused(stay, worth, wrong, language):
    with pytest.raises(kl.ArgumentError, match="raise_by"):
        kl.value_of_quality(stay, worth, raise_by=wrong)


def test_the_regressions_in_the_wrong_order_are_refused(stay, worth, language):
    with pytest.raises(kl.ArgumentError, match="fit_retention"):
        kl.value_of_quality(worth, stay, raise_by={"trust": 1})


def test_a_gap_in_the_last_margin_leaves_the_account_out_and_uses_no_older_one(table, stay, worth):
    past = table["start"].where(table["stayed"].notna())
    last = past.groupby(table["account_id"]).transform("max")
    present = sorted(table.loc[table["stayed"].isna(), "account_id"])[:4]
    gap = table["account_id"].isin(present) & (table["start"] == last)
    rows = table.assign(net_margin=table["net_margin"].mask(gap))
    found = kl.value_of_quality(stay, dataclasses.replace(worth, rows=rows), raise_by={"trust": 1})
    assert found.glance()["n_left_out"].item() == 4
    assert not set(present) & set(found.augment()["account_id"])


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Among the first 3"), ("ja", "上位3社に入る確率")]
)
def test_the_picture_of_the_ranking_shows_what_the_table_says(language, heading):
    kl.use_language(language)
    company = kl.simulate_company(n_accounts=80, seed=2)
    stay = kl.fit_retention("stayed ~ trust", company)
    worth = kl.fit_value("log(ltv) ~ trust + size", company)
    value = kl.value_of_quality(stay, worth, raise_by={"trust": 1}, n_boot=100, top=3)
    axes = value.plot_ranking()
    first = value.augment().iloc[0]
    dots = next(line for line in axes.lines if line.get_marker() == "o")
    assert dots.get_xdata().tolist() == list(range(1, 16))
    shares = [text.get_text() for text in axes.texts]
    assert shares[0] == f"{first['in_top']:.0%}"
    assert shares[-1] == heading
    assert first["account_id"] in axes.figure.alt


def test_two_companies_are_not_joined(stay, language):
    other = kl.simulate_company(n_accounts=240, seed=8)
    worth = kl.fit_value(WORTH, other)
    with pytest.raises(kl.ModelError):
        kl.value_of_quality(stay, worth, raise_by={"trust": 1})


def test_accounts_without_a_period_for_long_are_told(table, language):
    first = table["period"] == table["period"].min()
    some = table["account_id"] < "A-050"
    rows = table[first | ~some]
    fits = kl.fit_retention(STAY, rows), kl.fit_value(WORTH, rows)
    with pytest.warns(kl.DataWarning):
        found = kl.value_of_quality(*fits, raise_by={"trust": 1}, n_boot=100)
    stale = rows.loc[
        some[rows.index] & rows["stayed"].fillna(False).astype(bool), "account_id"
    ].nunique()
    assert any(str(stale) in str(note) for note in found.cautions)


def test_periods_without_an_offer_make_values_doubtful(table):
    second = table.groupby("account_id").cumcount() % 2 == 1
    bound = second & table["stayed"].fillna(False).astype(bool)
    rows = table.assign(decided=table["decided"] & ~bound)
    fits = kl.fit_retention(STAY, rows), kl.fit_value(WORTH, rows)
    with pytest.warns(kl.DataWarning, match=f"{int(bound.sum())} past period"):
        found = kl.value_of_quality(*fits, raise_by={"trust": 1}, n_boot=100)
    assert "per decision" in found.report()


def test_row_order_does_not_change_which_accounts_are_drawn(table, gain):
    shuffled = table.sample(frac=1, random_state=4)
    fits = kl.fit_retention(STAY, shuffled), kl.fit_value(WORTH, shuffled)
    found = kl.value_of_quality(*fits, raise_by={"trust": 1}).tidy()
    np.testing.assert_allclose(found["conf_low"], gain.tidy()["conf_low"], rtol=1e-6)
