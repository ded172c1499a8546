import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.foundation.errors import (
    ArgumentError,
    DataWarning,
    NotApplicable,
    RowsLeftOutWarning,
)
from kamlab.foundation.language import speaking
from kamlab.retention.survival.curves import survival_curves
from kamlab.retention.survival.kaplan_meier import kaplan_meier, log_rank
from kamlab.retention.survival.spells import spells

SAME_SUMS = 1e-9  # the same sums in another program, printed with 15 digits
ROUNDED = 1e-9  # R's times are rounded to ten decimals

ANALYSES = {
    "spells_tenure": ("spells.csv", "entry", "exit", "high_trust"),
    "spells_observed": ("spells.csv", None, "time", "high_trust"),
    "tied_tenure": ("tied_spells.csv", "entry", "exit", "size"),
    "tied_all": ("tied_spells.csv", None, "exit", "size"),
}


def arrays(r_table, analysis):
    file, entry, leave, by = ANALYSES[analysis]
    data = r_table(file)
    time = data[leave].round(10).to_numpy(dtype=float)
    begin = data[entry].round(10).to_numpy(dtype=float) if entry else np.zeros(len(data))
    return begin, time, data["left"].to_numpy(dtype=bool), data[by].to_numpy()


@pytest.mark.parametrize("analysis", ANALYSES)
def test_curves_are_those_of_r(r_table, analysis):
    entry, time, left, by = arrays(r_table, analysis)
    expected = r_table("curves.csv").query("analysis == @analysis")
    for group, rows in expected.groupby("group"):
        own = np.full(len(time), True) if group == "all" else by == int(group)
        curve = kaplan_meier(entry[own], time[own], left[own], 0.95)
        np.testing.assert_allclose(curve.time, rows["time"], rtol=ROUNDED)
        assert curve.n_risk.tolist() == rows["n_at_risk"].tolist()
        assert curve.n_leavers.tolist() == rows["n_left"].tolist()
        known = (curve.estimate > 0) & rows["conf_low"].notna().to_numpy()
        parts = {
            "survival": curve.estimate,
            "conf_low": curve.conf_low,
            "conf_high": curve.conf_high,
        }
        for name, found in parts.items():
            np.testing.assert_allclose(found[known], rows[name][known], rtol=SAME_SUMS)
        assert np.isnan(curve.conf_low[curve.estimate == 0]).all()


@pytest.mark.parametrize("analysis", ANALYSES)
def test_the_log_rank_test_is_rs(r_table, r_values, analysis):
    entry, time, left, by = arrays(r_table, analysis)
    found = log_rank(entry, time, left, np.unique(by, return_inverse=True)[1])
    expected = r_values("log_rank.csv", analysis).droplevel("term")
    np.testing.assert_allclose(found, expected[["log_rank", "df", "p_value"]], rtol=SAME_SUMS)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_medians_are_rs_where_the_curve_does_not_rest_on_one_half(r_table, r_values, analysis):
    entry, time, left, by = arrays(r_table, analysis)
    expected = r_values("log_rank.csv", analysis)["median"]
    compared = 0
    for group in np.unique(by):
        own = by == group
        curve = kaplan_meier(entry[own], time[own], left[own], 0.95)
        if not np.isclose(curve.estimate, 0.5).any():  # there R takes the middle of the step
            found = curve.median()[0]
            np.testing.assert_allclose(found, expected[str(group)], rtol=ROUNDED)
            compared += 1
    assert compared


def test_a_curve_that_reaches_one_half_exactly_has_its_median_there():
    time = np.arange(1.0, 5.0)
    assert kaplan_meier(np.zeros(4), time, np.ones(4, dtype=bool), 0.95).median()[0] == 2.0


def test_the_sample_company_gives_the_curves_of_rs_spells(r_table, table):
    # R's times end on the last day of a period and ours after it: one day later everywhere.
    entry, time, left, _ = arrays(r_table, "spells_tenure")
    ours = spells(table, "tenure")
    assert len(ours) == len(time)
    np.testing.assert_allclose(ours["entry"], entry, atol=1e-8)
    np.testing.assert_allclose(ours["time"], time + 1 / 365.25, atol=1e-8)
    assert ours["left"].tolist() == left.tolist()


def test_a_spell_runs_from_the_first_to_the_last_decided_period(histories):
    table = histories(
        {
            "stays": (3.0, [True, True, None], {}),
            "leaves": (1.0, [True, False], {}),
            "once": (0.0, [False], {}),
            "open": (5.0, [None], {}),
        }
    )
    found = spells(table).set_index("account_id")
    assert found.index.tolist() == ["leaves", "once", "stays"]
    assert found["left"].to_dict() == {"leaves": True, "once": True, "stays": False}
    days = (found["time"] * 365.25).round(9).to_dict()
    assert days == {"leaves": 731, "once": 366, "stays": 731}  # 2020 is a leap year
    late = spells(table, "tenure").set_index("account_id")
    np.testing.assert_allclose(late["time"] - late["entry"], found["time"])
    assert (late["entry"] * 365.25).round(6).to_dict() == {"leaves": 365, "once": 0, "stays": 1096}


def test_a_period_after_leaving_does_not_count_and_is_told(histories):
    table = histories({"back": (1.0, [False, True, True], {}), "other": (1.0, [True], {})})
    with pytest.warns(RowsLeftOutWarning, match="2 of 4"):
        found = spells(table).set_index("account_id")
    assert found.loc["back", "left"]
    assert found.loc["back", "time"] == pytest.approx(366 / 365.25)


@pytest.mark.parametrize("tenure", [np.nan, -1.0])
def test_an_account_of_unknown_tenure_is_left_out_and_told(histories, tenure):
    table = histories({"a": (tenure, [True], {}), "b": (2.0, [False], {})})
    with pytest.warns(RowsLeftOutWarning, match="1 of 2"):
        assert spells(table, "tenure")["account_id"].tolist() == ["b"]
    assert len(spells(table)) == 2


def test_groups_are_made_of_what_was_known_before_the_first_period(table):
    curves = survival_curves(table, by="trust")
    first = table[table["decided"]].sort_values("start").groupby("account_id")["trust"].first()
    found = curves.augment().set_index("account_id")
    low, high = curves.names
    assert first[found.index][found["curve"] == low].max() <= first.median()
    assert first[found.index][found["curve"] == high].min() > first.median()
    assert low.startswith(f"{first.min():.2f}")
    later = table.copy()
    later.loc[table["start"] > table["start"].min(), "trust"] = 1.0  # must not matter
    assert survival_curves(later, by="trust").names == curves.names


def test_categories_and_yes_and_no_make_groups(table):
    assert set(survival_curves(table, by="is_key").names) == {"True", "False"}
    with speaking("ja"):
        words = [str(w) for w in survival_curves(table, by="is_key").group_labels.values()]
    assert words == ["いいえ", "はい"]


def test_equal_values_stay_together(histories):
    table = histories({str(n): (1.0, [n % 3 > 0], {"score": 1.0 + (n > 23)}) for n in range(36)})
    found = survival_curves(table, by="score", n_groups=2)
    assert found.names == ("1", "2")
    assert found.augment()["curve"].value_counts().to_dict() == {"1": 24, "2": 12}


def test_accounts_without_the_grouping_value_are_left_out_and_told(table):
    first = table.groupby("account_id")["start"].transform("min") == table["start"]
    table.loc[first & (table["account_id"] == "A-001"), "trust"] = np.nan
    with pytest.warns(RowsLeftOutWarning, match="1 of 201"):
        found = survival_curves(table, by="trust")
    assert found.glance()["n_left_out"].item() == 1
    assert any("1 account" in str(note) for note in found.notes)


def test_the_log_rank_test_keeps_its_level_and_finds_a_difference():
    rng = np.random.default_rng(3)
    small = []
    for _ in range(400):
        entry = rng.uniform(0, 3, 60)
        life = entry + rng.exponential(3, 60)
        end = entry + rng.uniform(1, 4, 60)
        codes = np.arange(60) % 2
        small.append(log_rank(entry, np.minimum(life, end), life < end, codes)[2] < 0.05)
    # 400 tests at 5 %: within three standard errors of a binomial share.
    assert abs(np.mean(small) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 400)


def test_a_drop_with_few_at_risk_is_told_and_a_later_start_mends_it(table):
    with pytest.warns(DataWarning, match="fewer than 5"):
        found = survival_curves(table, by="trust", clock="tenure")
    assert any("fewer than 5" in str(note) for note in found.notes)
    thin = found.tidy().query("n_leavers > 0")["n_risk"].min()
    assert thin < 5
    with pytest.warns(RowsLeftOutWarning, match="beyond year 5"):
        later = survival_curves(table, clock="tenure", from_year=5)
    assert later.tidy()["time"].min() == 5
    # The curve from a year on is the whole curve over its value at that year.
    ours = spells(table, "tenure")
    entry, time = (ours[name].to_numpy() for name in ("entry", "time"))
    whole = kaplan_meier(entry, time, ours["left"].to_numpy(), 0.95)
    at = whole.estimate[whole.time <= 5][-1]
    np.testing.assert_allclose(
        later.curves[0].estimate, whole.estimate[whole.time > 5] / at, rtol=1e-12
    )


def test_nobody_leaves_is_a_flat_line_without_a_test(histories, language):
    table = histories({str(n): (1.0, [True, True], {"kind": "ab"[n % 2]}) for n in range(6)})
    found = survival_curves(table, by="kind")
    assert found.tidy()["estimate"].tolist() == [1.0, 1.0]
    assert np.isnan(found.glance()["logrank"].item())
    assert any("log-rank" in str(n) or "ログランク" in str(n) for n in found.notes)
    assert found.medians()["estimate"].isna().all()
    assert "nan" not in found.report().lower()
    found.plot()


def test_everybody_leaves_reaches_zero_with_missing_limits(histories):
    table = histories({str(n): (1.0, [True, False], {}) for n in range(6)})
    last = survival_curves(table).tidy().iloc[-1]
    assert last["estimate"] == 0
    assert np.isnan(last["conf_low"])
    assert np.isnan(last["conf_high"])


def test_row_order_and_company_do_not_matter(company, table):
    shuffled = table.sample(frac=1, random_state=1)
    expected = survival_curves(company, by="trust")
    before = shuffled.copy(deep=True)
    found = survival_curves(shuffled, by="trust")
    pd.testing.assert_frame_equal(found.tidy(), expected.tidy())
    pd.testing.assert_frame_equal(found.glance(), expected.glance())
    pd.testing.assert_frame_equal(shuffled, before)


def test_limits_follow_the_level(table):
    narrow, wide = (survival_curves(table, conf_level=c).tidy() for c in (0.5, 0.99))
    assert (wide["conf_low"][1:] < narrow["conf_low"][1:]).all()
    row = narrow.iloc[1]
    n, d = row["n_risk"], row["n_leavers"]
    error = np.sqrt(d / (n * (n - d))) / abs(np.log(row["estimate"]))
    expected = row["estimate"] ** np.exp(stats.norm.ppf(0.75) * error)
    assert row["conf_low"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"by": "trst"}, ArgumentError, "trust"),
        ({"by": ["trust"]}, ArgumentError, "trust"),
        ({"by": "margin"}, ArgumentError, "margin"),
        ({"by": "account_id"}, ArgumentError, "201"),
        ({"by": "trust", "n_groups": 1}, ArgumentError, "n_groups"),
        ({"by": "trust", "n_groups": 7}, ArgumentError, "n_groups"),
        ({"by": "trust", "n_groups": True}, ArgumentError, "n_groups"),
        ({"clock": "calendar"}, ArgumentError, "clock"),
        ({"from_year": -1}, ArgumentError, "from_year"),
        ({"from_year": 99}, ArgumentError, "from_year"),
        ({"conf_level": 1.0}, ArgumentError, "1.0"),
    ],
)
def test_wrong_arguments_are_refused_with_words(table, language, options, kind, words):
    with pytest.raises(kind, match=words):
        survival_curves(table, **options)


def test_one_group_and_missing_columns_are_not_applicable(table):
    with pytest.raises(NotApplicable, match="same"):
        survival_curves(table.assign(kind="a"), by="kind")
    with pytest.raises(NotApplicable, match="not known of any of the 201 accounts"):
        survival_curves(table.assign(kind=None), by="kind")
    with pytest.raises(NotApplicable, match="tenure"):
        survival_curves(table.drop(columns="tenure"), clock="tenure")
    with pytest.raises(NotApplicable, match="No account"):
        survival_curves(table[~table["decided"]])


def test_all_verbs_speak_both_languages(table, language):
    found = survival_curves(table, by="trust")
    ax = found.plot()
    assert ax.get_title(loc="left")
    assert ax.figure.alt
    assert str(found.summary())
    assert found.report()
    assert found.by_term()["term"].tolist() == list(found.names)
    assert kl.labelled(found.augment()).shape == (201, 6)


def test_the_numbers_under_the_picture_are_those_watched(table):
    texts = [t.get_text() for t in survival_curves(table).plot().texts]
    stayed = table[table["decided"]].groupby("period")["stayed"].sum()
    assert texts[1:5] == ["201", *(str(n) for n in stayed[:3])]


def test_one_account_has_a_curve(histories, language):
    with pytest.warns(DataWarning, match="1"):
        found = survival_curves(histories({"a": (1.0, [True, False], {})}))
    assert found.tidy()["estimate"].tolist() == [1.0, 0.0]
    assert found.medians()["estimate"].item() == pytest.approx(731 / 365.25)
    assert "nan" not in found.report()
    found.plot()
