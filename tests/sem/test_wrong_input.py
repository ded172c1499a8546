"""Arguments of a wrong kind: each is refused with its remedy, in either language."""

import warnings

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.sem import fit_cases as cases

CORRELATED = "f =~ y1 + y2 + y3 + y4; y1 ~~ y2"
NAMES = ["y1", "y2", "y3"]


def refused(kind, words, call):
    with pytest.raises(kind) as caught:
        call()
    text = caught.value.text
    for word in words:
        assert word in text.en
        assert word in text.ja
    assert str(caught.value) in (text.en, text.ja)


@pytest.mark.parametrize("name", ["std_lv", "meanstructure", "growth", "fixed_x", "orthogonal"])
@pytest.mark.parametrize("value", ["yes", 1, [True]])
def test_what_is_no_yes_or_no_is_refused(language, name, value):
    refused(
        kl.ArgumentError,
        [f"{name}={value!r}", "True", "False"],
        lambda: kl.fit_sem(cases.ONE, cases.complete(), **{name: value}),
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"group": ["group"]}, ["group=['group']"]),
        ({"group": 3}, ["group=3"]),
        ({"cluster": 3, "estimator": "MLR"}, ["cluster=3"]),
        ({"group": "group", "group_equal": 3}, ["group_equal=3", "'loadings'"]),
        ({"group": "group", "group_partial": [3]}, ["group_partial=3", "f =~ x2"]),
        ({"conf_level": "0.9"}, ["conf_level='0.9'", "0.95"]),
        ({"conf_level": None}, ["conf_level=None", "0.95"]),
        ({"bootstrap": True}, ["bootstrap=True", "0"]),
        ({"bootstrap": 2.5}, ["bootstrap=2.5", "2"]),
        ({"bootstrap": None}, ["bootstrap=None", "0"]),
        ({"seed": -1}, ["seed=-1", "0"]),
        ({"seed": 1.5}, ["seed=1.5", "0"]),
        ({"seed": True}, ["seed=True", "0"]),
        ({"estimator": "ULS", "information": "observed"}, ["ULS", "information", '"ML"']),
        ({"std_lv": 2, "seed": "a", "group": 1}, ["std_lv=2", "seed='a'", "group=1"]),
    ],
)
def test_options_of_another_kind_are_refused_all_at_once(language, options, words):
    refused(kl.ArgumentError, words, lambda: kl.fit_sem(cases.ONE, cases.complete(), **options))


@pytest.mark.parametrize("nobs", ["99", 99.5, np.nan, np.inf, True, 0, -3])
def test_a_number_of_cases_is_a_whole_positive_number(language, nobs):
    refused(
        kl.ArgumentError,
        [f"nobs={nobs!r}", "1"],
        lambda: kl.fit_sem(cases.ONE, cov=cases.moments(), nobs=nobs),
    )


@pytest.mark.parametrize("nobs", [99.0, np.int64(99), np.float64(99)])
def test_whole_numbers_of_any_kind_are_shown_as_such(nobs):
    fit = kl.fit_sem(cases.ONE, cov=cases.moments(), nobs=nobs)
    assert "99 cases" in fit.notes[0].en
    assert fit.glance()["nobs"].tolist() == [99]


@pytest.mark.parametrize(
    ("means", "kind", "words"),
    [
        ([1, 2, 3], kl.ArgumentError, ["list", "zip"]),
        (np.ones(3), kl.ArgumentError, ["ndarray", "zip"]),
        ("high", kl.ArgumentError, ["str", "zip"]),
        ({"y1": 1, "y2": 2}, kl.ModelError, ["'y3'"]),
        ({"y1": 1, "y2": "a", "y3": np.inf}, kl.ModelError, ["'y2'", "'a'", "'y3'", "inf"]),
        (pd.Series([1, np.nan, 2], NAMES), kl.ModelError, ["'y2'", "nan"]),
        (pd.Series([1, 2, 2, 3], ["y1", *NAMES]), kl.ModelError, ["'y1'"]),
    ],
)
def test_means_are_finite_numbers_by_name(language, means, kind, words):
    given = {"cov": cases.moments(), "nobs": 99, "means": means}
    refused(kind, words, lambda: kl.fit_sem(cases.ONE, **given))


def test_means_that_must_not_be_modelled_are_refused(language):
    given = {"cov": cases.moments(), "nobs": 99, "means": dict.fromkeys(NAMES, 1.0)}
    refused(
        kl.ArgumentError,
        ["means", "meanstructure=False"],
        lambda: kl.fit_sem(cases.ONE, meanstructure=False, **given),
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.set_axis([0, 1, 2], axis=1), ["index=names, columns=names"]),
        (lambda c: c.iloc[:2], ["'y3'", "index_col=0"]),
        (lambda c: c.iloc[:2].reset_index(drop=True), ["'y1'", "'y2'", "'y3'", "index_col=0"]),
        (lambda c: pd.concat([c, c.iloc[:1]]), ["'y1'"]),
        (lambda c: pd.concat([c, c[["y1"]]], axis=1), ["'y1'"]),
        (lambda c: c.astype(object).where(c != c.loc["y1", "y2"], "a"), ["'y1'", "'y2'", "'a'"]),
        (lambda c: c.where(c != c.loc["y1", "y2"], np.inf), ["'y1'", "'y2'", "inf"]),
        (lambda c: c * np.tri(3), ["y1", "0"]),
        (lambda c: c + 0j, ["'y1'"]),
        (lambda c: c * 1e200, ["'y1'", "'y2'", "'y3'"]),
    ],
)
def test_a_matrix_of_another_kind_is_refused_with_the_remedy(language, change, words):
    refused(
        kl.ModelError,
        words,
        lambda: kl.fit_sem(cases.ONE, cov=change(cases.moments()), nobs=99),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.reset_index(),
        lambda c: c.reset_index(drop=True),
        lambda c: c.set_axis(["1", "2", "3"], axis=0),
        lambda c: c.iloc[::-1],
        lambda c: c.where(np.tri(3) > 0),
        lambda c: c.astype(object).where(np.tri(3) > 0, ""),
        lambda c: c.astype(str),
    ],
)
def test_a_matrix_may_be_named_and_filled_in_many_ways(change):
    one = kl.fit_sem(cases.ONE, cov=cases.moments(), nobs=99)
    other = kl.fit_sem(cases.ONE, cov=change(cases.moments()), nobs=99)
    pd.testing.assert_frame_equal(one.tidy(), other.tidy())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.head(0), []),
        (lambda t: t.assign(y2=t["y2"] + 1j), ["'y2'", "complex128"]),
        (lambda t: t.assign(y2=t["y2"] * 1e150), ["'y2'"]),
        (lambda t: t.assign(y2=t["y2"] * 1e-150), ["'y2'"]),
        (lambda t: t.assign(group=np.nan), ["'group'"]),
    ],
)
@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_rows_that_cannot_be_used_are_refused_by_name(language, change, words, missing):
    table = change(cases.complete())
    refused(
        kl.ModelError,
        words,
        lambda: kl.fit_sem(cases.ONE, table, group="group", missing=missing),
    )


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
def test_rows_without_a_group_are_counted_and_warned_of(missing):
    table = cases.complete()
    table["group"] = table["group"].where(table.index > 6)
    with pytest.warns(kl.RowsLeftOutWarning, match="7 of 121") as found:
        fit = kl.fit_sem(cases.ONE, table, group="group", missing=missing)
    assert {one.filename for one in found} == {__file__}
    assert "114 cases, 7 left out" in fit.notes[0].en


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda fit: fit.implied_moments(0), ["group=0", "1"]),
        (lambda fit: fit.implied_moments("a"), ["group='a'", "1"]),
        (lambda fit: fit.plot(group=2), ["group=2", "1"]),
        (lambda fit: fit.indirect_effects("x1", "f2", group=2), ["group=2", "1"]),
        (lambda fit: fit.plot(numbers="std"), ["numbers='std'", "'standardised'", "'estimate'"]),
        (lambda fit: fit.plot(measurement="no"), ["measurement='no'", "False"]),
        (lambda fit: fit.modification_indices("a"), ["least='a'", "3.84"]),
        (lambda fit: fit.modification_indices(np.nan), ["least=nan", "3.84"]),
        (lambda fit: fit.factor_scores("x"), ["method='x'", "'bartlett'"]),
        (lambda fit: fit.indirect_effects("z", "f2"), ["z", "f1"]),
    ],
)
def test_a_fit_refuses_what_it_does_not_have(language, call, words):
    refused(kl.ArgumentError, words, lambda: call(cases.fit()))


def test_kinds_of_intervals_are_named(language):
    fit = kl.fit_sem(cases.ONE, cases.complete(), bootstrap=5, seed=1)
    refused(kl.ArgumentError, ["kind='x'", "'bca'"], lambda: fit.bootstrap_intervals("x"))


def test_a_model_without_regressions_says_so(language):
    refused(
        kl.ArgumentError, ["q", "y ~ x"], lambda: cases.fit(cases.ONE).indirect_effects("q", "y1")
    )


def test_a_residual_correlation_beyond_one_is_warned_of_by_name(language):
    table = cases.complete()
    with pytest.warns(kl.ImproperSolutionWarning, match="y1.*y2"):
        fit = kl.fit_sem(CORRELATED, table)
    assert any("y1, y2" in note.en and "y1、y2" in note.ja for note in fit.notes)
    row = fit.tidy().query("lhs == 'y1' and rhs == 'y2'")
    assert abs(row["std_all"].item()) > 1


def test_proper_residual_covariances_are_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kl.fit_sem("f =~ y1 + y2 + y3 + y4; y1 ~~ y5; y5 ~ x1", cases.complete())


@pytest.mark.filterwarnings("ignore:Of 5 bootstrap draws")
@pytest.mark.parametrize("value", [0, 0.7])
@pytest.mark.parametrize("options", [{}, {"bootstrap": 5, "seed": 1}])
def test_a_parameter_that_constraints_pin_has_no_error(value, options):
    model = f"f =~ y1 + a*y2 + y3 + y4; a == {value}; twice := 2*a"
    table = kl.fit_sem(model, cases.complete(), **options).tidy()
    pinned = table[table["rhs"].isin(["y2", "2*a"]) & table["op"].isin(["=~", ":="])]
    assert len(pinned) == 2
    assert pinned["std_error"].tolist() == [0, 0]
    assert pinned[["statistic", "p_value"]].isna().all(axis=None)
    assert (table.loc[table["rhs"] == "y3", "std_error"] > 0).any()


def test_nobody_can_write_to_the_arrays_of_a_fit():
    fit = cases.fit()
    arrays = [
        fit.values,
        fit.uncertainty.covariance,
        fit.uncertainty.errors,
        fit.uncertainty.low,
        fit.standardised.std_all,
        fit.rows.number,
        fit.table.numbers,
        fit.covariates,
        fit.data.kept[0],
        fit.data.samples[0].cov,
        fit.data.samples[0].rows,
    ]
    assert not any(array.flags.writeable for array in arrays)


def test_fixed_values_keep_the_operator_of_the_text():
    fit = cases.fit("f1 =~ 1*y1 + 1*y2 + 1*y3; y2 ~ x1")
    listed = fit.modification_indices()
    assert ("f1", "=~", "y2") in set(zip(listed["lhs"], listed["op"], listed["rhs"], strict=True))
