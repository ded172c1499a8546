"""Difference tests beside lavaan's (tests/reference/lavaan_inference) and by hand."""

from math import isnan

import pytest
from scipy.stats import chi2

from kamlab.sem.inference.fit_measures import fit_measures
from kamlab.sem.inference.nested import Test, difference
from tests.sem import inference_cases as cases

LAVAAN = 1e-8


def test_the_scaled_difference_is_lavaans():
    pair = []
    for name in ("tight", "loose"):
        theirs = cases.lavaan(name, "fit")
        plain = fit_measures(cases.scenario(name).estimate).plain
        pair.append(Test(plain.chisq, plain.df, theirs["chisq.scaling.factor"]))
    found, theirs = difference(*pair), cases.lavaan("difference", "test")
    assert found.chisq == pytest.approx(theirs["chisq"], rel=LAVAAN)
    assert found.df == theirs["df"]
    assert found.p_value == pytest.approx(theirs["p"], rel=LAVAAN)


def test_without_scaling_it_is_the_difference_of_chisquares():
    tight, loose = (
        fit_measures(cases.scenario(name).estimate).plain for name in ("tight", "loose")
    )
    found = difference(Test(tight.chisq, tight.df), Test(loose.chisq, loose.df))
    assert found.chisq == pytest.approx(tight.chisq - loose.chisq, rel=1e-12)
    assert found.df == 4
    assert found.p_value == pytest.approx(chi2.sf(found.chisq, 4), rel=1e-9)


def test_the_scaling_weighs_by_degrees_of_freedom():
    found = difference(Test(60.0, 20, 1.3), Test(40.0, 15, 1.2))
    scaling = (20 * 1.3 - 15 * 1.2) / 5
    assert found.scaling == pytest.approx(scaling)
    assert found.chisq == pytest.approx(20 / scaling)


def test_a_negative_scaling_gives_no_test():
    found = difference(Test(60.0, 20, 1.0), Test(40.0, 15, 1.5))
    assert isnan(found.chisq)
    assert isnan(found.p_value)


def test_the_scaling_of_2010_is_positive_where_that_of_2001_is_not():
    found = difference(Test(60.0, 20, 1.0), Test(40.0, 15, 1.5), mixed_scaling=0.9)
    assert found.scaling == pytest.approx((20 * 1.0 - 15 * 0.9) / 5)


def test_a_saturated_model_needs_no_scaling():
    found = difference(Test(30.0, 10, 1.2), Test(0.0, 0, float("nan")))
    assert found.chisq == pytest.approx(25.0)


def test_models_with_the_same_degrees_of_freedom_have_no_test():
    assert isnan(difference(Test(30.0, 10), Test(28.0, 10)).p_value)


def test_rmsea_of_the_difference():
    found = difference(Test(60.0, 20), Test(40.0, 15), n_total=200)
    assert found.rmsea == pytest.approx(((20 - 5) / (200 * 5)) ** 0.5)
