"""What `kl.fit_sem` refuses: each message names the place and the remedy."""

import re

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.sem import fit_cases as cases

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def refused(kind, words, model=cases.ONE, data=None, **options):
    """Check that a call is refused with a message that has some words in either language."""
    if data is None and "cov" not in options:
        data = cases.complete()
    with pytest.raises(kind) as caught:
        kl.fit_sem(model, data, **options)
    text = caught.value.text
    for word in words:
        assert word in text.en
        assert word in text.ja
    assert JAPANESE.search(text.ja)
    assert not JAPANESE.search(text.en)
    assert "{" not in text.en + text.ja
    return text.en


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("estimator", "WLS", ["ML", "GLS", "ULS", "MLM", "MLR"]),
        ("missing", "pairwise", ["listwise", "fiml"]),
        ("se", "boot", ["standard", "robust", "none"]),
        ("likelihood", "poisson", ["normal", "wishart"]),
        ("information", "first.order", ["expected", "observed", "None"]),
    ],
)
def test_a_choice_that_does_not_exist_is_answered_by_those_that_do(name, value, allowed):
    refused(kl.ArgumentError, [f"{name}={value!r}", *allowed], **{name: value})


def test_all_wrong_options_are_named_at_once():
    refused(kl.ArgumentError, ["estimator='X'", "missing='Y'"], estimator="X", missing="Y")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"group_equal": ["loadings"]}, ["group_equal", "group"]),
        ({"group_equal": ["weights"], "group": "group"}, ["'weights'", "'loadings'"]),
        ({"missing": "fiml", "estimator": "GLS"}, ["fiml", "'GLS'", '"MLR"', "listwise"]),
        ({"missing": "fiml", "estimator": "MLM"}, ["fiml", "'MLM'", '"MLR"']),
        ({"estimator": "MLM", "information": "observed"}, ["information", '"MLR"']),
        ({"likelihood": "wishart", "estimator": "MLR"}, ["wishart", "'MLR'", '"ML"']),
        ({"likelihood": "wishart", "missing": "fiml"}, ["wishart", "listwise"]),
        ({"se": "robust", "estimator": "ULS"}, ["robust", "'ULS'"]),
        ({"cluster": "cluster"}, ["cluster", '"MLR"', "'ML'"]),
        ({"cluster": "cluster", "estimator": "MLR", "bootstrap": 9}, ["cluster", "bootstrap"]),
        ({"bootstrap": 1}, ["bootstrap=1", "2"]),
        ({"bootstrap": -5}, ["bootstrap=-5"]),
        ({"conf_level": 95}, ["95", "0.95"]),
    ],
)
def test_options_that_do_not_go_together_are_refused_with_what_does(options, words):
    refused(kl.ArgumentError, words, **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"missing": "fiml"}, "missing='fiml'"),
        ({"estimator": "MLM"}, "estimator='MLM'"),
        ({"estimator": "MLR"}, "estimator='MLR'"),
        ({"se": "robust"}, "se='robust'"),
        ({"bootstrap": 100}, "bootstrap"),
        ({"group": "group"}, "group"),
        ({"cluster": "cluster", "estimator": "MLR"}, "cluster"),
    ],
)
def test_what_needs_rows_is_refused_with_moments(options, words):
    refused(kl.ArgumentError, [words], cov=cases.moments(), nobs=121, **options)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"data": cases.complete(), "cov": cases.moments(), "nobs": 9}, ["data", "cov", "nobs"]),
        ({}, ["data", "cov", "nobs"]),
        ({"cov": cases.moments()}, ["nobs"]),
        ({"data": cases.complete(), "nobs": 9}, ["nobs", "cov", "data"]),
        ({"data": cases.complete(), "means": {"y1": 1.0}}, ["means", "cov", "data"]),
        ({"data": cases.complete().to_numpy()}, ["data", "DataFrame", "ndarray"]),
        ({"cov": cases.moments().to_numpy(), "nobs": 9}, ["cov", "DataFrame", "ndarray"]),
    ],
)
def test_either_rows_or_moments_are_needed(given, words):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.fit_sem(cases.ONE, **given)
    for word in words:
        assert word in caught.value.text.en
        assert word in caught.value.text.ja


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="y2"), ["'y2'"]),
        (lambda t: pd.concat([t, t[["y2"]]], axis=1), ["'y2'"]),
        (lambda t: t.assign(y2="high"), ["'y2'"]),
        (lambda t: t.assign(y2=4.0), ["'y2'", "4.0"]),
        (lambda t: t.assign(y2=np.nan), ["'y2'"]),
        (lambda t: t.assign(y2=t["y2"].where(t.index != 6, np.inf)), ["'y2'", "7"]),
        (lambda t: t.assign(y2=t["y1"] + t["y3"]), ["y1, y2, y3"]),
        (lambda t: t.head(3), ["3", "4"]),
        (lambda t: t.assign(f=1.0), ["f"]),
    ],
)
def test_data_that_do_not_fit_are_named_by_column_and_row(change, words):
    english = [word for word in words if ", " not in word]
    text = refused(kl.ModelError, english, data=change(cases.complete()))
    assert all(word in text for word in words)


def test_everything_wrong_with_the_data_is_named_at_once():
    table = cases.complete().assign(y1="a", y3=2.0)
    refused(kl.ModelError, ["'y1'", "'y3'"], data=table)
    refused(kl.ModelError, ["'v1'", "'v2'"], model="f =~ v1 + v2 + y1")


def test_without_a_complete_row_the_other_way_is_named():
    table = cases.complete()
    odd = np.arange(len(table)) % 2 == 0
    table = table.assign(y1=table["y1"].where(odd), y2=table["y2"].where(~odd))
    refused(kl.ModelError, ["fiml"], data=table)
    text = refused(kl.ModelError, ["y1", "y2"], data=table, missing="fiml")
    assert "1 pair" in text


def test_a_group_that_is_too_small_is_named():
    table = cases.complete().assign(region=["a"] * 118 + ["tiny"] * 3)
    refused(kl.ModelError, ["tiny", "3", "4"], data=table, group="region")


def test_a_group_without_variation_is_named_with_the_variable():
    table = cases.complete()
    table["y2"] = table["y2"].where(table["group"] == 1, 3.0)
    refused(kl.ModelError, [" 2", "y2"], data=table, group="group")


def test_a_group_column_that_is_not_there_is_named():
    assert "'group'?" in refused(kl.ModelError, ["'groups'"], group="groups")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="cluster"), ["'cluster'"]),
        (lambda t: t.assign(cluster=t["cluster"].where(t.index != 3)), ["'cluster'"]),
        (lambda t: t.assign(cluster=1), ["'cluster'"]),
    ],
)
def test_clusters_that_cannot_be_used_are_refused_by_name(change, words):
    table = change(cases.complete())
    refused(kl.ModelError, words, data=table, cluster="cluster", estimator="MLR")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.drop(columns="y3"), ["'y3'"]),
        (lambda c: c.where(c != c.loc["y1", "y2"]), ["y1", "y2"]),
        (lambda c: c - np.diag([9.0, 0, 0]), ["y1"]),
        (lambda c: c + np.triu(np.ones((3, 3)), 1), ["y2", "y3"]),
    ],
)
def test_a_matrix_that_cannot_be_is_refused_with_the_place(change, words):
    refused(kl.ModelError, words, cov=change(cases.moments()), nobs=99)


def test_a_matrix_that_no_data_can_have_is_told_from_a_singular_one():
    names = ["y1", "y2", "y3"]
    wrong = pd.DataFrame([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]], names, names)
    assert "positive definite" in refused(kl.ModelError, ["-0.8"], cov=wrong, nobs=99)
    flat = pd.DataFrame([[1, 0, 1], [0, 1, 1], [1, 1, 2.0]], names, names)
    assert "singular" in refused(kl.ModelError, names, cov=flat, nobs=99)


def test_too_few_cases_behind_a_matrix_are_counted():
    refused(kl.ModelError, ["3", "4"], cov=cases.moments(), nobs=3)


def test_means_of_a_matrix_must_be_those_of_the_model():
    given = {"cov": cases.moments(), "nobs": 99}
    refused(kl.ModelError, ["'y3'"], means={"y1": 1, "y2": 2}, **given)
    refused(kl.ModelError, ["means"], meanstructure=True, **given)
    refused(kl.ModelError, ["means"], model=f"{cases.ONE}; y1 ~ 1", **given)


@pytest.mark.parametrize(
    ("model", "names", "others"),
    [
        ("f =~ y1 + y2", ["f =~ y2", "y1 ~~ y1", "f ~~ f"], []),
        ("f =~ NA*y1 + y2 + y3", ["f =~ y1", "f =~ y3", "f ~~ f"], ["y1 ~~ y1"]),
        ("y1 ~ y2; y2 ~ y1", ["y1 ~ y2", "y2 ~ y1"], []),
    ],
)
def test_parameters_that_no_data_determine_are_named(model, names, others):
    text = refused(kl.ModelError, names, model=model)
    assert not [one for one in others if one in text]


def test_the_group_of_a_parameter_that_no_data_determine_is_named():
    text = refused(kl.ModelError, ["f =~ y2 [1]"], "f =~ c(NA, 1)*y1 + y2 + y3", group="group")
    assert "[2]" not in text


def test_constraints_that_no_value_obeys_are_told():
    model = "f =~ y1 + a*y2 + y3 + y4; a == 1; a == 2"
    text = refused(kl.ModelError, ["4", "start(0.5)*x"], model=model)
    assert "constraint" in text


def test_a_mistake_in_the_text_is_told_before_anything_is_asked_of_the_data():
    refused(kl.ModelError, ["=~"], model="f = y1 + y2")
    refused(kl.ArgumentError, ["int"], model=3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bootstrap": "10"}, ["bootstrap='10'"]),
        ({"bootstrap": 10.5}, ["bootstrap=10.5"]),
        ({"seed": "a", "bootstrap": 10}, ["seed='a'"]),
    ],
)
def test_what_must_be_a_whole_number_is_named(options, words):
    refused(kl.ArgumentError, words, **options)


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"nobs": "99"}, kl.ArgumentError, ["nobs='99'"]),
        ({"nobs": float("nan")}, kl.ArgumentError, ["nobs=nan"]),
        ({"means": [1, 2, 3]}, kl.ArgumentError, ["means", "list"]),
        ({"means": {"y1": np.nan, "y2": 1, "y3": 2}}, kl.ModelError, ["'y1'"]),
        ({"means": {"y1": 0, "y2": "high", "y3": 2}}, kl.ModelError, ["'y2'"]),
        ({"cov": cases.moments(["y1", "y2", "y3", "y1"])}, kl.ModelError, ["'y1'"]),
        ({"cov": cases.moments().iloc[:2]}, kl.ModelError, ["'y3'"]),
        ({"cov": cases.moments().iloc[:2].reset_index(drop=True)}, kl.ModelError, ["'y1'"]),
        ({"cov": cases.moments().astype(object).assign(y2="a")}, kl.ModelError, ["'y2'"]),
        ({"cov": cases.moments() + np.diag([0, np.inf, 0])}, kl.ModelError, ["'y2'"]),
    ],
)
def test_moments_of_another_kind_are_refused_by_name(given, kind, words):
    refused(kind, words, **({"cov": cases.moments(), "nobs": 99} | given))


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_a_table_without_rows_is_refused(missing):
    refused(kl.ModelError, [], data=cases.complete().head(0), missing=missing)


def test_one_name_need_not_be_in_a_list():
    fit = cases.fit(cases.ONE, group="group", group_equal="loadings", group_partial="f =~ y2")
    assert fit.glance()["df"].item() == 1
