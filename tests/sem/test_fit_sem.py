"""`kl.fit_sem`: options, groups, moments, and what a fit tells."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import kamlab as kl
from tests.sem import fit_cases as cases

EXACT = 1e-8
KEYS = ["lhs", "op", "rhs", "group"]


def value(fit, formula, what="estimate", group=None):
    table = fit.tidy()
    written = table["lhs"] + " " + table["op"] + " " + table["rhs"]
    own = table[written.str.strip() == formula]
    return (own if group is None else own[own["group"] == group])[what].item()


def test_a_regression_is_that_of_least_squares():
    table = cases.complete()
    fit = kl.fit_sem("y1 ~ x1 + x2; y1 ~ 1", table)
    design = np.column_stack([np.ones(len(table)), table["x1"], table["x2"]])
    slopes, left = np.linalg.lstsq(design, table["y1"], rcond=None)[:2]
    found = [value(fit, one) for one in ("y1 ~1", "y1 ~ x1", "y1 ~ x2", "y1 ~~ y1")]
    np.testing.assert_allclose(found, [*slopes, left[0] / len(table)], rtol=EXACT)
    errors = np.sqrt(np.linalg.inv(design.T @ design).diagonal() * left[0] / len(table))
    found = [value(fit, one, "std_error") for one in ("y1 ~1", "y1 ~ x1", "y1 ~ x2")]
    np.testing.assert_allclose(found, errors, rtol=EXACT)


def test_rows_and_their_moments_give_the_same_fit():
    table = cases.complete()
    rows = cases.fit(meanstructure=True)
    cov, means = table[cases.NAMES].cov(), table[cases.NAMES].mean()
    given = kl.fit_sem(cases.MODEL, cov=cov, means=means, nobs=len(table))
    pd.testing.assert_frame_equal(given.tidy(), rows.tidy(), rtol=EXACT, atol=EXACT)
    pd.testing.assert_frame_equal(given.glance(), rows.glance(), rtol=EXACT, atol=EXACT)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.loc[["y3", "y1", "y2"], ["y2", "y3", "y1"]],
        lambda c: c.reset_index(drop=True),
        lambda c: c.where(np.tril(np.ones((3, 3), dtype=bool))),
        lambda c: c.where(np.triu(np.ones((3, 3), dtype=bool))),
        lambda c: c.assign(other=1.0),
    ],
)
def test_a_matrix_may_come_in_any_order_or_as_one_triangle(change):
    given = kl.fit_sem(cases.ONE, cov=change(cases.moments()), nobs=121)
    pd.testing.assert_frame_equal(given.tidy(), cases.fit(cases.ONE).tidy(), rtol=EXACT)


def test_means_may_be_a_mapping_in_any_order():
    means = {"y3": 3.0, "y1": 1.0, "y2": 2.0}
    fit = kl.fit_sem(cases.ONE, cov=cases.moments(), means=means, nobs=121)
    assert [value(fit, f"{name} ~1") for name in ("y1", "y2", "y3")] == pytest.approx([1, 2, 3])


@pytest.mark.parametrize(
    ("options", "has_means"),
    [
        ({}, False),
        ({"meanstructure": True}, True),
        ({"group": "group"}, True),
        ({"group": "group", "meanstructure": False}, False),
        ({"missing": "fiml"}, True),
        ({"estimator": "MLR", "cluster": "cluster"}, True),
        ({"estimator": "MLR"}, False),
    ],
)
def test_means_are_modelled_where_the_data_are_sorted_or_the_user_says_so(options, has_means):
    fit = cases.fit(cases.ONE, **options)
    assert ("~1" in set(fit.tidy()["op"])) == has_means
    assert ("mean" in fit.implied_moments().index) == has_means


@pytest.mark.parametrize(
    ("options", "is_fixed"),
    [
        ({}, True),
        ({"estimator": "MLR"}, True),
        ({"estimator": "GLS"}, False),
        ({"estimator": "ULS"}, False),
        ({"fixed_x": False}, False),
        ({"estimator": "GLS", "fixed_x": True}, True),
    ],
)
def test_covariates_are_fixed_at_the_sample_for_maximum_likelihood(options, is_fixed):
    fit = cases.fit("y1 ~ x1 + x2", **options)
    divisor = 0 if fit.options.discrepancy == "ML" else 1
    expected = np.cov(cases.complete()["x1"], cases.complete()["x2"], ddof=divisor)
    assert value(fit, "x1 ~~ x2") == pytest.approx(expected[0, 1])
    assert (value(fit, "x1 ~~ x2", "std_error") == 0) == is_fixed
    assert fit.glance()["npar"].item() == (3 if is_fixed else 6)


def test_the_wishart_likelihood_divides_by_one_less():
    normal, wishart = cases.fit(), cases.fit(likelihood="wishart")
    assert value(wishart, "y1 ~~ y1") == pytest.approx(121 / 120 * value(normal, "y1 ~~ y1"))
    ratio = wishart.glance()["chisq"].item() / normal.glance()["chisq"].item()
    assert ratio == pytest.approx(120 / 121)


def test_scales_of_latent_variables_are_fixed_by_a_loading_or_a_variance():
    marker, variance = cases.fit(), cases.fit(std_lv=True)
    assert value(marker, "f1 =~ y1") == 1
    assert value(variance, "f1 ~~ f1") == 1
    assert value(variance, "f1 =~ y1", "std_error") > 0
    assert variance.glance()["chisq"].item() == pytest.approx(marker.glance()["chisq"].item())


def test_orthogonal_factors_have_no_covariance():
    text = "f1 =~ y1 + y2 + y3; f2 =~ y4 + y5 + y6"
    assert value(cases.fit(text, orthogonal=True), "f1 ~~ f2") == 0
    assert value(cases.fit(text), "f1 ~~ f2") > 0.5


def test_growth_has_free_means_of_latent_variables_only():
    text = "i =~ 1*y1 + 1*y2 + 1*y3; s =~ 0*y1 + 1*y2 + 2*y3; s ~~ 0*s + 0*i"
    fit = cases.fit(text, growth=True)
    means = cases.complete()[["y1", "y2", "y3"]].mean()
    assert value(fit, "y1 ~1") == 0
    implied = fit.implied_moments().loc["mean"]
    i, s = value(fit, "i ~1"), value(fit, "s ~1")
    np.testing.assert_allclose(implied, [i, i + s, i + 2 * s], rtol=EXACT)
    assert abs(implied - means).max() < 0.5


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_have_the_width_that_their_level_asks_for(level):
    table = cases.fit(conf_level=level).tidy()
    half = norm.ppf((1 + level) / 2) * table["std_error"]
    np.testing.assert_allclose(table["conf_high"] - table["estimate"], half, atol=EXACT)
    np.testing.assert_allclose(table["estimate"] - table["conf_low"], half, atol=EXACT)
    free = table["std_error"] > 0
    z = (table["estimate"] / table["std_error"])[free]
    np.testing.assert_allclose(table["statistic"][free], z)
    np.testing.assert_allclose(table["p_value"][free], 2 * norm.sf(abs(z)), atol=1e-12)
    assert table["statistic"][~free].isna().all()


def test_a_definition_has_the_error_of_its_slopes():
    fit = cases.fit()
    a, b = value(fit, "f2 ~ f1"), value(fit, "f1 ~ x1")
    slopes = np.array([b, a])
    among = fit.vcov().loc[["f2 ~ f1", "f1 ~ x1"], ["f2 ~ f1", "f1 ~ x1"]].to_numpy()
    row = fit.tidy().set_index("op").loc[":="]
    assert (row["lhs"], row["group"]) == ("indirect", 0)
    assert row["estimate"] == pytest.approx(a * b, rel=1e-12)
    assert row["std_error"] == pytest.approx(np.sqrt(slopes @ among @ slopes), rel=EXACT)
    errors = np.sqrt(np.diag(fit.vcov()))
    assert set(np.round(errors, 9)) <= set(fit.tidy()["std_error"].round(9))


def test_without_errors_all_else_is_there(language):
    fit = cases.fit(se="none")
    free = cases.fit().tidy()["std_error"] > 0
    assert fit.tidy()["std_error"][free].isna().all()
    np.testing.assert_array_equal(fit.tidy()["estimate"], cases.fit().tidy()["estimate"])
    assert "nan" not in fit.report()
    assert fit.plot().figure.alt


def test_errors_say_how_they_were_made():
    notes = {
        str(cases.fit(**options).notes[1])
        for options in (
            {}, {"information": "observed"}, {"estimator": "MLR"}, {"se": "none"},
            {"estimator": "ULS"}, {"estimator": "MLR", "cluster": "cluster"},
            {"bootstrap": 20, "seed": 1},
        )
    }  # fmt: skip
    assert len(notes) == 7
    assert any("20 bootstrap draws" in note for note in notes)
    assert any("24 clusters" in note for note in notes)
    robust = cases.fit(se="robust")
    assert robust.notes[1] == cases.fit(estimator="MLR").notes[1]
    assert (robust.tidy()["std_error"] != cases.fit().tidy()["std_error"]).any()


def test_the_information_may_be_expected_or_observed():
    plain, observed = cases.fit(), cases.fit(information="observed")
    expected = np.linalg.inv(observed.estimate.point.hessian) / 121
    np.testing.assert_allclose(observed.vcov(), expected, rtol=EXACT)
    rows = cases.gaps().dropna(subset=cases.NAMES[:6], how="all")
    incomplete = kl.fit_sem("f =~ y1 + y2 + y3 + y4 + y5 + y6", rows, missing="fiml")
    expected = np.linalg.inv(incomplete.estimate.point.hessian) / incomplete.data.nobs
    np.testing.assert_allclose(incomplete.vcov(), expected, rtol=EXACT)
    expected = np.linalg.inv(plain.estimate.point.information) / 121
    np.testing.assert_allclose(plain.vcov(), expected, rtol=EXACT)


def test_a_clusters_own_errors_are_those_of_its_sums_of_scores():
    fit = cases.fit("y1 ~~ y1; y1 ~ 1", estimator="MLR", cluster="cluster")
    own = cases.complete().groupby("cluster")["y1"]
    sums = (own.sum() - own.size() * cases.complete()["y1"].mean()).to_numpy()
    # Many clusters are few as a sample: lavaan's correction.
    expected = np.sqrt(24 / 23 * sums @ sums) / 121
    assert value(fit, "y1 ~1", "std_error") == pytest.approx(expected)
    shuffled = cases.complete().sample(frac=1, random_state=2)
    again = kl.fit_sem("y1 ~~ y1; y1 ~ 1", shuffled, estimator="MLR", cluster="cluster")
    assert value(again, "y1 ~1", "std_error") == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore::kamlab.RowsLeftOutWarning")
@pytest.mark.parametrize("options", [{}, {"group": "group"}])
def test_clusters_stay_with_their_rows(options):
    options = {"estimator": "MLR", "cluster": "cluster"} | options
    table = cases.gaps()
    errors = kl.fit_sem(cases.ONE, table, **options).tidy()["std_error"]
    used = table.dropna(subset=["y1", "y2", "y3"]).sort_values("group", kind="stable")
    tidied = kl.fit_sem(cases.ONE, used.reset_index(drop=True), **options)
    np.testing.assert_allclose(errors, tidied.tidy()["std_error"], rtol=1e-7)
    apart = used.assign(cluster=used["cluster"].sample(frac=1, random_state=1).to_numpy())
    others = kl.fit_sem(cases.ONE, apart, **options).tidy()["std_error"]
    assert (abs(others - errors) > 1e-4).any()


def test_groups_are_fitted_as_if_alone_where_nothing_is_shared():
    text = "f1 =~ y1 + y2 + y3; f2 =~ y4 + y5 + y6; f2 ~ f1 + x1; f1 ~ x1"
    both, chisq = cases.fit(text, group="group"), 0.0
    assert both.group_labels == ("1", "2")
    for number, label in enumerate(both.group_labels, start=1):
        own = cases.complete().query(f"group == {label}")
        alone = kl.fit_sem(text, own, meanstructure=True)
        first = alone.tidy().set_index(KEYS[:3])["estimate"]
        second = both.tidy().query(f"group == {number}").set_index(KEYS[:3])["estimate"]
        np.testing.assert_allclose(second.loc[first.index], first, rtol=1e-6, atol=1e-9)
        chisq += alone.glance()["chisq"].item()
    assert both.glance()["chisq"].item() == pytest.approx(chisq)
    labelled = cases.fit(group="group")
    assert value(labelled, "f2 ~ f1", group=1) == value(labelled, "f2 ~ f1", group=2)


def test_groups_stand_in_order_of_appearance_whatever_their_labels():
    table = cases.complete().assign(region=lambda t: t["group"].map({1: "west", 2: "east"}))
    fit = kl.fit_sem(cases.ONE, table.sort_values("region", kind="stable"), group="region")
    assert fit.group_labels == ("east", "west")
    mean = table.query("region == 'east'")["y1"].mean()
    assert value(fit, "y1 ~1", group=1) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("shared", "partial", "gained"),
    [((), (), 0), (("loadings",), (), 2), (("loadings",), ("f =~ y2",), 1),
     (("loadings", "intercepts"), (), 4), (("loadings", "intercepts", "residuals"), (), 7)],
)  # fmt: skip
def test_what_groups_share_is_equal_and_gains_degrees_of_freedom(shared, partial, gained):
    fit = cases.fit(cases.ONE, group="group", group_equal=shared, group_partial=partial)
    assert fit.glance()["df"].item() == gained
    equal = value(fit, "f =~ y2", group=1) == value(fit, "f =~ y2", group=2)
    assert equal == (gained > 1)
    assert (value(fit, "y3 ~~ y3", group=1) == value(fit, "y3 ~~ y3", group=2)) == (gained == 7)


def test_an_inequality_that_binds_has_no_error_and_no_degree_of_freedom():
    bound = kl.fit_sem(f"{cases.ONE} + c*y4; c > 0.9", cases.complete())
    free = kl.fit_sem(f"{cases.ONE} + c*y4; c > 0.1", cases.complete())
    assert value(bound, "f =~ y4") == pytest.approx(0.9, abs=1e-10)
    assert value(bound, "f =~ y4", "std_error") == pytest.approx(0, abs=1e-9)
    assert value(free, "f =~ y4") < 0.8
    assert bound.glance()["df"].item() == free.glance()["df"].item() == 2
    held = kl.fit_sem(f"{cases.ONE} + c*y4; c == 0.9", cases.complete())
    assert held.glance()["df"].item() == 3
    assert held.glance()["chisq"].item() == pytest.approx(bound.glance()["chisq"].item())
