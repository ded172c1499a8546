import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import (
    ArgumentError,
    ModelError,
    NotApplicable,
    RowsLeftOutWarning,
)
from kamlab.retention.curve.fit import fit_retention_curve
from kamlab.retention.curve.histories import renewal_histories

GOOD = {"renewals": [0, 1, 2, 3, 3, 2, 1], "left": [1, 1, 1, 0, 0, 1, 0]}

NO_COHORT = pd.DataFrame({"period": [0, 1], "survivors": [9, 5], "cohort": [None, 1]})


@pytest.fixture(scope="module")
def histories(company):
    return renewal_histories(company)


def accounts(**columns):
    return pd.DataFrame(GOOD | columns)


@pytest.mark.parametrize(
    "counts",
    [
        [10, 8, 6, 5],
        (10, 8, 6, 5),
        np.array([10, 8, 6, 5]),
        pd.Series([10, 8, 6, 5], index=list("abcd")),
        pd.DataFrame({"period": [0, 1, 2, 3], "survivors": [10, 8, 6, 5]}),
        pd.DataFrame({"period": [3, 0, 2, 1], "survivors": [5, 10, 6, 8], "cohort": "2020"}),
    ],
)
def test_one_cohort_may_be_given_in_many_forms(counts):
    curve = fit_retention_curve(counts)
    assert curve.glance().loc[0, ["n_customers", "n_due", "n_lost"]].tolist() == [10, 24, 5]


def test_a_cohort_first_seen_late_counts_from_there_on():
    late = pd.DataFrame({"cohort": 4 * ["a"] + 3 * ["b"], "period": [0, 1, 2, 3, 2, 3, 4]})
    late["survivors"] = [90, 60, 45, 40, 80, 70, 65]
    rows = fit_retention_curve(late).by_renewal()
    assert rows["n_due"].tolist() == [90, 60, 45 + 80, 70]
    assert rows["n_lost"].tolist() == [30, 15, 5 + 10, 5]


def test_a_covariate_of_cohorts_is_that_of_their_customers():
    counts = {"a": [400, 300, 250, 220], "b": [400, 360, 330, 310]}
    table = pd.DataFrame(
        [(c, t, n, float(c == "b")) for c, own in counts.items() for t, n in enumerate(own)],
        columns=["cohort", "period", "survivors", "online"],
    )
    both = fit_retention_curve(table, covariates="online")
    apart = [fit_retention_curve(own) for own in counts.values()]
    total = sum(curve.glance().loc[0, "loglik"] for curve in apart)
    assert both.glance().loc[0, "loglik"] == pytest.approx(total)
    for x, curve in enumerate(apart):
        found = both.project(9, at={"online": x})["survival_low"]
        np.testing.assert_allclose(found, curve.project(9)["survival_low"], rtol=1e-6)


@pytest.mark.parametrize(
    ("counts", "en", "ja"),
    [
        ([100, 80, 90], "more survivors than a period before", "増えています"),
        ([1.0, 0.869, 0.743], "counts, not percentages", "割合ではなく人数"),
        ([100, -5, 0], r"1 \(-5", r"1 \(-5"),
        ([100, np.nan, 50], "nothing missing", "欠測"),
        ([100, np.inf, 50], "whole number", "整数"),
        ([], "no rows", "行がありません"),
        ("abc", "list of counts", "人数の列"),
        (None, "NoneType", "NoneType"),
        ([[1, 2], [3, 4]], "list of counts", "人数の列"),
        (pd.DataFrame({"a": [1]}), "it has: a", "表にある列：a"),
        (pd.DataFrame({"period": [0, 2], "survivors": [9, 5]}), "Periods are missing", "補って"),
        (pd.DataFrame({"period": [0, 0], "survivors": [9, 5]}), "stands twice", "重複"),
        (NO_COHORT, "cohort is missing", "cohort"),
        (accounts(left=["x", 1, 1, 0, 0, 1, 0]), "yes or no", "はい/いいえ"),
        (accounts(left=[None, 1, 1, 0, 0, 1, 0]), "yes or no", "はい/いいえ"),
        (accounts(entry=[1, 0, 0, 0, 0, 0, 0]), "at least entry", "entry"),
        (accounts(renewals=[0, 1, 2, 3, 3, 2, 365_000]), "renewals, not days", "日数ではなく"),
        (accounts(count=[1, 1, 1, 1, 1, 1, 0.5]), "count must be", "count は"),
        (pd.DataFrame({"renewals": [], "left": []}), "no rows", "行がありません"),
    ],
)  # fmt: skip
def test_survivors_that_cannot_be_are_refused(counts, en, ja, language):
    with pytest.raises(ArgumentError, match=ja if language == "ja" else en):
        fit_retention_curve(counts)


def test_everything_wrong_is_told_at_once():
    rows = accounts(
        renewals=[-1, 1, 2, 3, 3, 2, 1], left=[9, 1, 1, 0, 0, 1, 0], kind=list("abcdefg")
    )
    with pytest.raises(ArgumentError) as caught:
        fit_retention_curve(rows, covariates=["kind", "nope"])
    for words in ("renewals must be", "left must be", "kind is no number", "no columns nope"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("more", "covariates", "error", "words"),
    [
        ({"x": 7 * [2.0]}, "x", ModelError, "same for all"),
        ({"x": range(7), "y": range(1, 8)}, ["x", "y"], ModelError, "told apart"),
        ({"x": [np.inf, *range(6)]}, "x", ArgumentError, "infinite"),
        ({"x": range(7)}, ["x", "x"], ArgumentError, "twice"),
        ({"x": GOOD["left"]}, "x", ModelError, "separate"),
    ],
)
def test_covariates_that_cannot_be_used_are_refused(more, covariates, error, words):
    with pytest.raises(error, match=words):
        fit_retention_curve(accounts(**more), covariates=covariates)


def test_a_list_has_no_covariates():
    with pytest.raises(ArgumentError, match="give a table"):
        fit_retention_curve([10, 8, 6, 5], covariates="x")


@pytest.mark.parametrize("model", ["SBG", "", None, "weibull"])
def test_an_unknown_model_is_refused_with_those_there_are(model, language):
    with pytest.raises(ArgumentError, match="'sbg'"):
        fit_retention_curve([10, 8, 6, 5], model)


def test_rows_with_gaps_are_counted_and_warned_of_on_the_callers_line(histories):
    holes = histories.assign(trust=histories["trust"].where(histories["trust"] > 4))
    n = int(holes["trust"].isna().sum())
    with pytest.warns(RowsLeftOutWarning, match=rf"{n} of 201 .*trust \({n}\)") as caught:
        curve = fit_retention_curve(holes, covariates="trust")
    assert caught[0].filename == __file__
    assert curve.glance().loc[0, ["n_customers", "n_left_out"]].tolist() == [201 - n, n]


def test_an_unknown_entry_leaves_the_account_out():
    rows = accounts(
        entry=pd.array([0, 0, 0, 0, 0, 0, None], dtype="Int64"), count=[40, 15, 6, 20, 20, 6, 9]
    )
    with pytest.warns(RowsLeftOutWarning, match=r"entry \(1\)"):
        assert fit_retention_curve(rows).glance().loc[0, "n_customers"] == 107


def test_a_company_is_its_renewal_histories(company, histories):
    of_company = fit_retention_curve(company, covariates=["trust"])
    of_table = fit_retention_curve(histories, covariates="trust")
    pd.testing.assert_frame_equal(of_company.tidy(), of_table.tidy())


def test_an_open_period_is_neither_renewal_nor_loss(company, histories):
    periods = company.periods
    decided = periods.dropna(subset="stayed")
    stayed = decided["stayed"].astype(bool)
    made = histories["renewals"] - histories["entry"]
    assert made.sum() == stayed.sum()
    assert histories["left"].sum() == (~stayed).sum()
    whole = fit_retention_curve(histories).glance().loc[0]
    assert whole["n_due"] == len(decided)
    assert whole["n_lost"] == (~stayed).sum()
    without = kl.Company(accounts=company.accounts, periods=decided, survey=company.survey)
    pd.testing.assert_frame_equal(
        fit_retention_curve(without).tidy(), fit_retention_curve(company).tidy()
    )


def test_what_was_known_at_first_goes_with_each_account(company, histories):
    table = kl.analysis_table(company).sort_values("start").groupby("account_id").first()
    first = table.loc[histories["account_id"]].reset_index()
    pd.testing.assert_series_equal(histories["trust"], first["trust"])
    whole_years = (first["tenure"] + 0.01).astype(int)
    assert (histories["entry"].astype(int) == whole_years).all()
    assert not {"stayed", "decided", "net_margin"} & set(histories.columns)


def made_company(rows, since="2019-04-01", **columns):
    """One account's periods: years with what was decided, None for open."""
    accounts = pd.DataFrame({"account_id": ["A"]})
    if since:
        accounts["customer_since"] = pd.to_datetime(since)
    periods = pd.DataFrame({"account_id": "A", "period": [year for year, _ in rows]})
    periods["start"] = pd.to_datetime(periods["period"].astype(str) + "-04-01")
    periods["end"] = pd.to_datetime((periods["period"] + 1).astype(str) + "-03-31")
    periods["stayed"] = pd.array([stayed for _, stayed in rows], dtype="boolean")
    return kl.Company(accounts=accounts, periods=periods.assign(**columns))


@pytest.mark.parametrize(
    ("rows", "since", "expected"),
    [
        ([(2022, True), (2023, True), (2024, None)], "2019-04-01", (3, 5, False)),
        ([(2022, True), (2023, False)], "2019-04-01", (3, 4, True)),
        ([(2022, True), (2023, False)], "2019-04-02", (3, 4, True)),
        ([(2022, True), (2023, False)], "2019-06-01", (2, 3, True)),
        ([(2022, True), (2023, False)], "2022-08-01", (0, 1, True)),
        ([(2022, True), (2023, False)], None, (0, 1, True)),
        ([(2022, None)], "2019-04-01", (3, 3, False)),
    ],
)
def test_histories_count_whole_years_and_decisions(rows, since, expected):
    history = renewal_histories(made_company(rows, since)).loc[0]
    assert (history["entry"], history["renewals"], history["left"]) == expected


def test_where_nothing_was_offered_nothing_was_decided():
    company = made_company([(2022, True), (2023, True)], offered_renewal=[True, False])
    assert renewal_histories(company).loc[0, "renewals"] == 4


def test_periods_after_leaving_are_left_out_and_counted():
    company = made_company([(2022, False), (2023, True), (2024, None)])
    with pytest.warns(RowsLeftOutWarning, match="2 of 3") as caught:
        history = renewal_histories(company).loc[0]
    assert caught[0].filename == __file__
    assert (history["renewals"], history["left"]) == (3, True)


def test_a_company_without_periods_is_refused():
    with pytest.raises(NotApplicable, match="periods"):
        fit_retention_curve(kl.Company(accounts=pd.DataFrame({"account_id": ["A"]})))


def test_a_covariate_unknown_for_all_is_not_called_the_same_for_all(language):
    said = {"en": "Unknown for all", "ja": "全顧客で値が不明"}[language]
    with pytest.raises(ModelError, match=f"{said}.*trust"):
        fit_retention_curve(accounts(trust=np.nan), covariates="trust")
