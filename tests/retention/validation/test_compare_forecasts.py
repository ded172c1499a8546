import re
import warnings

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable, RowsLeftOutWarning
from kamlab.retention.validation.accuracy import Forecasts
from kamlab.retention.validation.compare_forecasts import compare_forecasts
from kamlab.retention.validation.shortlist import Shortlist
from kamlab.retention.validation.yardsticks import BETTER, MEASURES, Record, Yardsticks

FIGURES, QUALITY = "stayed ~ size + tenure", "stayed ~ trust + commitment"
TWO = {"figures": FIGURES, "quality": QUALITY}
THREE = TWO | {"both": "stayed ~ size + tenure + trust + commitment"}
SAME = 1e-9  # forecasts are rounded to 12 digits


@pytest.fixture(scope="module")
def both(_table):
    return compare_forecasts(THREE, _table.copy(deep=True))


def by_key(frame, *keys):
    return frame.set_index([*keys])["estimate"]


@pytest.mark.parametrize("name", TWO)
def test_each_model_is_what_validate_retention_says_of_it_alone(table, both, name):
    alone = kl.validate_retention(TWO[name], table)
    terms = alone.tidy()["term"]
    own = both.tidy().query("foretold_by == @name").set_index("term").loc[terms]
    expected = alone.tidy().set_index("term")
    columns = ["estimate", "conf_low", "conf_high", "ideal"]
    pd.testing.assert_frame_equal(own[columns], expected[columns], rtol=SAME)
    found = both.augment()[f"forecast_{name}"]
    np.testing.assert_allclose(found, alone.augment()["stay_probability"], rtol=SAME)


def test_lift_and_share_found_are_those_of_sorted_lists(both):
    found = both.augment()
    expected, left = 0.0, ~found["stayed"].astype(bool)
    for _, own in found.groupby("period"):
        expected += (~own.nsmallest(20, "forecast_quality")["stayed"].astype(bool)).sum()
    by_lot = sum(20 * (~own["stayed"].astype(bool)).mean() for _, own in found.groupby("period"))
    tidy = by_key(both.tidy(), "foretold_by", "term")
    assert tidy["quality", "found"] == pytest.approx(expected / left.sum())
    assert tidy["quality", "lift"] == pytest.approx(expected / by_lot)


def test_differences_are_those_of_the_measures_and_better_is_more(both):
    tidy = by_key(both.tidy(), "foretold_by", "term")
    table = both.differences()
    assert table[["foretold_by", "rival"]].drop_duplicates().to_numpy().tolist() == [
        ["quality", "figures"],
        ["both", "figures"],
        ["both", "quality"],
    ]
    for row in table.to_dict("records"):
        own, other = (tidy[row[name], row["term"]] for name in ("foretold_by", "rival"))
        sign = -1 if row["term"] == "brier" else 1
        assert row["estimate"] == pytest.approx(sign * (own - other), abs=1e-12)
        assert row["conf_low"] <= row["estimate"] <= row["conf_high"]
    # Trust and commitment keep customers in the simulated truth; size and tenure do not.
    assert (table.query("foretold_by == 'quality' and term != 'lift'")["conf_low"] > 0).all()


def test_draws_are_redrawn_accounts_row_by_row(table):
    found = compare_forecasts(TWO, table, n_boot=100, seed=3)
    rows = found.augment()
    accounts = sorted(rows["account_id"].unique())
    rng = np.random.default_rng(3)
    times = rng.multinomial(len(accounts), np.full(len(accounts), 1 / len(accounts)), size=100)

    def auc(drawn, name):
        p, y = drawn[f"forecast_{name}"].to_numpy(), drawn["stayed"].to_numpy(dtype=bool)
        up, down = p[y][:, None], p[~y]
        return ((up > down) + (up == down) / 2).mean()

    draws = found.draws("auc", "quality", "figures")
    assert draws.shape == (100,)
    for number in (0, 57, 99):
        often = dict(zip(accounts, times[number], strict=True))
        drawn = rows.loc[rows.index.repeat(rows["account_id"].map(often))]
        expected = auc(drawn, "quality") - auc(drawn, "figures")
        assert draws[number] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("measure", BETTER)
def test_draws_and_advantage_are_behind_the_table_and_turn_with_the_order(both, measure):
    row = both.differences().query("term == @measure and foretold_by == 'both'").iloc[0]
    draws = both.draws(measure, "both", row["rival"])
    assert both.advantage(measure, "both", row["rival"]) == row["estimate"]
    limits = row[["conf_low", "conf_high"]].astype(float)
    np.testing.assert_allclose(np.quantile(draws, [0.025, 0.975]), limits)
    assert draws.std(ddof=1) == pytest.approx(row["std_error"])
    np.testing.assert_array_equal(both.draws(measure, row["rival"], "both"), -draws)


def test_a_model_is_as_good_as_itself_under_another_name(table):
    # The same terms in another order are another fit, the same to the digits that are kept.
    again = {"one": QUALITY, "turned": "stayed ~ commitment + trust"}
    table = compare_forecasts(again, table, n_boot=100).differences()
    assert table[["estimate", "conf_low", "conf_high"]].abs().max(axis=None) < 1e-10


def test_rows_that_are_alike_have_equal_forecasts(table):
    table["old"], table["large"] = table["tenure"] >= 10, table["size"] > 2.5
    formulas = {"yes or no": "stayed ~ old + large + C(industry)", "quality": QUALITY}
    rows = compare_forecasts(formulas, table).forecasts
    alike = rows.groupby(["period", "old", "large", "industry"])["forecast_yes or no"]
    assert alike.nunique().max() == 1
    assert alike.ngroups < len(rows) / 4


def test_all_models_have_the_same_rows_and_reasons_are_counted(table):
    gaps = (table["period"] == 2024) & table["account_id"].isin(["A-001", "A-003"])
    table.loc[gaps, "trust"] = np.nan
    table.loc[gaps & (table["account_id"] == "A-001"), "size"] = np.nan
    table.loc[(table["period"] == 2023) & (table["account_id"] == "A-003"), "size"] = np.nan
    with pytest.warns(RowsLeftOutWarning) as told:
        found = compare_forecasts(TWO, table)
    assert len(told) == 1
    assert told[0].filename == __file__
    assert found.glance()["n_left_out"].item() == 3
    words = str(found.common.left_out)
    assert "figures" in words
    assert "size (2)" in words
    assert "trust (2)" in words
    rows = found.augment().set_index(["account_id", "period"])
    assert not rows.index.isin([("A-001", 2024), ("A-003", 2024), ("A-003", 2023)]).any()
    # Each model is fitted without the rows that only the other cannot use.
    usable = table.dropna(subset=["trust", "size"])
    for name in TWO:
        alone = kl.validate_retention(TWO[name], usable).augment()
        expected = alone.set_index(["account_id", "period"])["stay_probability"]
        np.testing.assert_allclose(rows[f"forecast_{name}"], expected.loc[rows.index], rtol=SAME)


def test_the_first_period_is_one_that_suffices_for_every_model(table):
    left = (table["period"] == 2022) & table["decided"] & ~table["stayed"].fillna(True).astype(bool)
    few = table.drop(index=table.index[left][3:])  # three left: enough for one term, not for three
    none = "stayed ~ 1"
    assert kl.validate_retention(none, few).augment()["period"].unique().tolist() == [
        2023,
        2024,
        2025,
    ]
    found = compare_forecasts({"none": none, "quality": QUALITY}, few)
    assert found.augment()["period"].unique().tolist() == [2024, 2025]
    one = compare_forecasts(TWO, table, from_period=2025)
    assert one.augment()["period"].unique().tolist() == [2025]


def test_lists_rank_the_present_by_models_of_all_decided_periods(table, both):
    lists = both.lists()
    assert len(lists) == 20
    assert lists["place"].tolist() == list(range(1, 21))
    chosen = {}
    for name, formula in THREE.items():
        stay = kl.fit_retention(formula, table).augment().round({"stay_probability": 12})
        stay = stay.sort_values(["stay_probability", "account_id"]).head(20)
        assert lists[f"listed_{name}"].tolist() == stay["account_id"].tolist()
        assert lists[f"called_{name}"].tolist() == stay["name"].tolist()
        np.testing.assert_allclose(lists[f"forecast_{name}"], stay["stay_probability"], rtol=SAME)
        chosen[name] = set(stay["account_id"])
    for name in THREE:
        for account, times in zip(lists[f"listed_{name}"], lists[f"on_lists_{name}"], strict=True):
            assert times == sum(account in own for own in chosen.values())
    assert both.lists(3)["listed_both"].tolist() == lists["listed_both"].head(3).tolist()
    assert len(both.lists(10_000)) == len(kl.fit_retention(QUALITY, table).augment())


def test_equal_risks_are_listed_by_id_and_who_cannot_be_ranked_is_told(table):
    table["old"] = table["tenure"] >= 10
    lists = compare_forecasts({"old": "stayed ~ old", "none": "stayed ~ 1"}, table).lists(30)
    assert lists["listed_none"].is_monotonic_increasing
    gap = table["stayed"].isna() & (table["account_id"] == lists["listed_none"].iloc[0])
    assert gap.sum() == 1
    table.loc[gap, "trust"] = np.nan
    found = compare_forecasts(TWO, table)
    with pytest.warns(RowsLeftOutWarning, match="1 of"):
        lists = found.lists(10_000)
    assert not lists.filter(like="listed_").eq(table.loc[gap, "account_id"].item()).any(axis=None)


def test_nobody_to_list_is_not_applicable(table, language):
    table.loc[~table["decided"], "trust"] = np.nan
    found = compare_forecasts(TWO, table)
    with pytest.raises(NotApplicable, match=r"\d"):
        found.lists()


def test_what_happens_later_does_not_change_a_forecast(table, both):
    later = (table["period"] >= 2024) & table["decided"]
    table.loc[later, "stayed"] = ~table.loc[later, "stayed"].astype(bool)
    found = compare_forecasts(THREE, table).augment().query("period <= 2024")
    expected = both.augment().query("period <= 2024")
    for name in THREE:
        np.testing.assert_array_equal(found[f"forecast_{name}"], expected[f"forecast_{name}"])


def test_order_of_rows_does_not_matter_and_the_seed_does(table, both):
    shuffled = table.sample(frac=1, random_state=5)
    before = shuffled.copy(deep=True)
    again = compare_forecasts(THREE, shuffled)
    pd.testing.assert_frame_equal(again.differences(), both.differences())
    pd.testing.assert_frame_equal(again.lists(), both.lists())
    pd.testing.assert_frame_equal(shuffled, before)
    other = compare_forecasts(THREE, table, seed=1).differences()
    assert other["estimate"].equals(both.differences()["estimate"])
    assert not np.allclose(other["conf_low"], both.differences()["conf_low"])
    half = compare_forecasts(THREE, table, conf_level=0.5).differences()
    narrower = (half["conf_high"] - half["conf_low"]) / (
        both.differences()["conf_high"] - both.differences()["conf_low"]
    )
    assert (narrower < 0.6).all()


def test_a_better_forecaster_is_not_found_where_there_is_none():
    # Two forecasts of equal merit: the truth lies as far from either. In 200 companies of 170
    # accounts, intervals at 95 % should lie above 0 in 2.5 %: at most 12 times (binomial, 99.7 %).
    rng = np.random.default_rng(1)
    above = {"auc": 0, "brier": 0, "found": 0}
    for seed in range(200):
        risk, noise = rng.normal(size=(2, 510))
        stayed = (rng.random(510) < 1 / (1 + np.exp(-2 - 0.8 * risk))).astype(float)
        period, base = np.arange(510) % 3, np.full(510, stayed.mean())
        given = {
            name: 1 / (1 + np.exp(-2 - 0.6 * (risk + sign * noise)))
            for name, sign in (("plus", 1), ("minus", -1))
        }
        records = {
            name: Record(Forecasts(p, base, stayed), Shortlist(p, stayed, period, 20))
            for name, p in given.items()
        }
        yardsticks = Yardsticks(records, pd.Series(np.arange(510) // 3), 200, seed)
        for measure in above:
            _, draws = yardsticks.advantage(measure, "plus", "minus")
            above[measure] += np.quantile(draws, 0.025) > 0
    assert max(above.values()) <= 12


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"formulas": {"one": FIGURES}}, ArgumentError, "two"),
        ({"formulas": FIGURES}, ArgumentError, "two"),
        ({"formulas": {"a": FIGURES, "": QUALITY}}, ArgumentError, "two"),
        ({"formulas": {"a": FIGURES, 2: QUALITY}}, ArgumentError, "two"),
        ({"capacity": 0}, ArgumentError, "capacity"),
        ({"capacity": True}, ArgumentError, "capacity"),
        ({"n_boot": 9}, ArgumentError, "100"),
        ({"conf_level": 2, "capacity": 1.5}, ArgumentError, "capacity.*2"),
        ({"seed": -1}, ArgumentError, "-1"),
        ({"model": "cox"}, NotApplicable, "cloglog"),
        ({"model": "lgoit"}, ArgumentError, "lgoit"),
        ({"from_period": 1999}, ArgumentError, "2023"),
        ({"from_period": 2022}, NotApplicable, "figures.*quality"),
        ({"formulas": {"a": "stayed ~ nix", "b": "stayed ~ nox"}}, ModelError, "nix.*nox"),
        ({"formulas": {"a": "stayed ~ margin", "b": QUALITY}}, ModelError, "a: .*margin"),
        ({"formulas": {"a": "net_margin ~ size", "b": QUALITY}}, ModelError, "stayed"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_words(table, options, kind, words):
    with pytest.raises(kind, match=f"(?s){words}"):
        compare_forecasts(**{"formulas": TWO, "data": table} | options)


@pytest.mark.parametrize("wrong", [("ac", "both", "quality"), ("auc", "bth", "quality")])
def test_unknown_measures_and_models_are_named_with_those_there_are(both, language, wrong):
    with pytest.raises(ArgumentError, match=r"quality|auc"):
        both.draws(*wrong)
    with pytest.raises(ArgumentError, match=wrong[0] if wrong[0] != "auc" else wrong[1]):
        both.advantage(*wrong)
    with pytest.raises(ArgumentError, match="'nix'"):
        both.plot(rival="nix")


@pytest.mark.parametrize("n", [0, 2.5, True, "3"])
def test_a_list_needs_a_whole_number_of_places(both, language, n):
    with pytest.raises(ArgumentError, match="n"):
        both.lists(n)
    with pytest.raises(ArgumentError, match="20"):
        both.calibration(99)


def test_all_alike_is_not_applicable(table):
    last = (table["period"] == 2025) & table["decided"]
    table.loc[last, "stayed"] = True
    with pytest.raises(NotApplicable, match="134"):
        compare_forecasts(TWO, table, from_period=2025)


def test_notes_tell_of_nested_formulas_and_of_lists_that_hold_everybody(table, both, language):
    plain = compare_forecasts(TWO, table, n_boot=100)
    assert len(both.notes) == len(plain.notes) + 1
    assert "fit_retention" in str(both.notes[-1])
    roomy = compare_forecasts(TWO, table, n_boot=100, capacity=134)
    assert len(roomy.notes) == len(plain.notes) + 1
    assert "134" in str(roomy.notes[-1])


def test_without_terms_there_is_no_slope_and_the_note_says_so(table, language):
    both = {"none": "stayed ~ 1", "trust": "stayed ~ trust"}
    many = compare_forecasts(both, table, n_boot=100)
    # In a single period, a model without terms gives everybody the same probability.
    found = compare_forecasts(both, table, from_period=2025, n_boot=100)
    tidy = by_key(found.tidy(), "foretold_by", "term")
    assert tidy[tidy.isna()].index.tolist() == [("none", "calibration_slope")]
    assert many.tidy()["estimate"].notna().all()
    assert len(found.notes) == len(many.notes) + 1
    assert "nan" not in found.report()


def test_the_calibration_of_each_model_is_that_of_validate_retention(table, both):
    for name in TWO:
        own = both.calibration().query("foretold_by == @name").drop(columns="foretold_by")
        alone = kl.validate_retention(TWO[name], table).calibration()
        pd.testing.assert_frame_equal(own.reset_index(drop=True), alone)
    assert both.calibration(2).groupby("foretold_by").size().tolist() == [2, 2, 2]


def test_all_verbs_speak_both_languages(both, table, language):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = both.plot()
        assert len(ax.get_yticklabels()) == 3
        assert "quality" in ax.figure.alt
        assert "+" in ax.figure.alt
        assert both.plot(rival="both").get_title(loc="left")
    assert str(both.summary())
    report = both.report()
    for name, formula in THREE.items():
        assert name in report
        assert formula in report
    assert set(both.tidy()["term"]) == set(MEASURES)
    for frame in (both.tidy(), both.differences(), both.augment(), both.lists(), both.glance()):
        labels = kl.labelled(frame)
        assert labels.shape == frame.shape
        assert not [name for name in labels if re.search("[a-z]_[a-z]", name)]
    other = kl.compare({"all": both, "early": compare_forecasts(TWO, table, from_period=2025)})
    assert "quality: auc" in set(other.tidy()["term"])
    other.plot()


def test_the_report_names_the_better_the_worse_and_the_open(both):
    report = both.report()
    assert "quality tells more than figures" in report
    assert "open" in report
    turned = compare_forecasts(
        {"quality": QUALITY, "figures": FIGURES},
        both.common.designs["quality"].used.assign(decided=True),
        n_boot=100,
    )
    assert "figures tells less than quality" in turned.report()


def test_a_picture_against_another_model_is_that_of_formulas_in_another_order(table):
    found = compare_forecasts(TWO, table, n_boot=100)
    turned = compare_forecasts(dict(reversed(TWO.items())), table, n_boot=100)
    assert found.plot(rival="quality").figure.alt == turned.plot().figure.alt
    assert found.plot().figure.alt != turned.plot().figure.alt
