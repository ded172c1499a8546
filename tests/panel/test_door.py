import warnings

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.language import say
from kamlab.panel.door import period_rows

OF = say("panel.purpose")


def test_a_sound_table_comes_in_as_it_is(table):
    rows = period_rows(table, of=OF)
    pd.testing.assert_frame_equal(rows, table.astype({"stayed": "boolean"}))


def test_what_is_wrong_is_told_all_at_once_with_its_rows(table, language):
    bad = table.astype({"start": str, "net_margin": str, "stayed": object, "decided": object})
    bad.loc[4, "account_id"] = None
    bad.loc[7, "stayed"] = "yes"
    bad.loc[9, "decided"] = None
    bad = pd.concat([bad, bad.iloc[[20]]], ignore_index=True)
    with pytest.raises(kl.DataError) as caught:
        period_rows(bad, of=OF)
    problems = caught.value.table().set_index("column")
    rows = {"account_id": 6, "period": 771, "start": 2, "stayed": 9, "decided": 11}
    assert problems["row"].to_dict() == rows | {"net_margin": problems.loc["net_margin", "row"]}


def test_a_table_that_went_through_a_csv_file_comes_back(table, tmp_path):
    path = tmp_path / "rows.csv"
    table.to_csv(path, index=False)
    with pytest.raises(kl.DataError, match="start"):
        kl.fit_retention("stayed ~ trust", pd.read_csv(path))
    dates = ["start", "end", "customer_since"]
    again = kl.fit_retention("stayed ~ trust", pd.read_csv(path, parse_dates=dates))
    expected = kl.fit_retention("stayed ~ trust", table)
    np.testing.assert_allclose(again.tidy()["estimate"], expected.tidy()["estimate"], rtol=1e-9)


@pytest.mark.parametrize("missing", ["account_id", "start", "stayed", "decided"])
def test_a_column_that_is_missing_is_named(table, missing, language):
    with pytest.raises(kl.NotApplicable, match=missing):
        kl.fit_retention("stayed ~ trust", table.drop(columns=missing))


@pytest.mark.parametrize("wrong", [5, None, "table", [1, 2]])
def test_what_is_no_table_is_refused(wrong, language):
    for fit in (
        lambda: kl.fit_retention("stayed ~ trust", wrong),
        lambda: kl.fit_value("log(ltv) ~ trust", wrong),
        lambda: kl.survival_curves(wrong),
        lambda: kl.validate_retention("stayed ~ trust", wrong),
    ):
        with pytest.raises(kl.ArgumentError):
            fit()


def test_periods_that_overlap_are_warned_of(table):
    late = table["end"] + pd.DateOffset(months=6)
    with pytest.warns(kl.DataWarning, match="568 period"):
        period_rows(table.assign(end=late), of=OF)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        period_rows(table, of=OF)


@pytest.mark.parametrize("outcome", ["I(1 - stayed)", "log(stayed)", "trust"])
@pytest.mark.parametrize("model", ["logit", "cox"])
def test_only_staying_is_explained(table, outcome, model, language):
    with pytest.raises(kl.ModelError, match="stayed"):
        kl.fit_retention(f"{outcome} ~ commitment", table, model=model)


@pytest.mark.parametrize("formula", ["stayed ~ trust.shift(1)", "stayed ~ trust.rank() + tenure"])
def test_a_term_that_sees_other_rows_is_refused(table, formula, language):
    with pytest.raises(kl.ModelError, match=r"shift|rank"):
        kl.fit_retention(formula, table)


def test_a_formula_without_any_term_is_refused(table, language):
    with pytest.raises(kl.ModelError, match="~ 0"):
        kl.fit_retention("stayed ~ 0", table)


def test_a_category_that_no_row_has_is_no_term(table):
    regions = pd.CategoricalDtype([*sorted(table["region"].unique()), "nowhere"])
    fit = kl.fit_retention("stayed ~ region + trust", table.astype({"region": regions}))
    assert not fit.tidy()["term"].str.contains("nowhere").any()


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_of_a_term_does_not_make_it_a_sum_of_others(table, unit):
    fit = kl.fit_value("log(ltv) ~ trust + big", table.assign(big=table["size"] * unit))
    plain = kl.fit_value("log(ltv) ~ trust + size", table)
    np.testing.assert_allclose(fit.tidy()["statistic"], plain.tidy()["statistic"], rtol=1e-5)


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True])
def test_a_seed_that_is_no_whole_number_is_refused(company, table, stay, worth, seed, language):
    error = kl.score_error(company)
    for work in (
        lambda: kl.fit_retention("stayed ~ trust", table, error=error, seed=seed),
        lambda: kl.simex(stay, error, seed=seed),
        lambda: kl.value_of_quality(stay, worth, raise_by={"trust": 1}, seed=seed),
        lambda: kl.validate_retention("stayed ~ trust", table, seed=seed),
    ):
        with pytest.raises(kl.ArgumentError, match="seed"):
            work()


def test_a_year_that_was_never_seen_cannot_be_foretold(table, language):
    fit = kl.fit_retention("stayed ~ trust + C(period)", table)
    with pytest.raises(kl.ModelError, match="115"):
        fit.predict(table[table["stayed"].isna()])
