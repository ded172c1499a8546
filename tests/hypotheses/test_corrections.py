"""Corrections for the number of tests."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from kamlab.hypotheses.corrections import correct


@settings(max_examples=25)  # statsmodels collects garbage at every call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@pytest.mark.parametrize(("ours", "theirs"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_they_are_those_of_statsmodels(ours, theirs, p_values):
    p_values = np.array(p_values)
    np.testing.assert_allclose(correct(p_values, ours), multipletests(p_values, method=theirs)[1])


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        # Holm: 3 x .01, then 2 x .02; Benjamini-Hochberg: 3 x .01, 3/2 x .02, .04.
        ("holm", [0.04, 0.03, 0.04]),
        ("bh", [0.04, 0.03, 0.03]),
        ("none", [0.04, 0.01, 0.02]),
    ],
)
def test_three_by_hand(correction, expected):
    np.testing.assert_allclose(correct(np.array([0.04, 0.01, 0.02]), correction), expected)


def test_p_values_given_are_left_alone():
    given_ones = np.array([0.5, 0.01])
    given_ones.flags.writeable = False
    correct(given_ones, "holm")
    np.testing.assert_array_equal(given_ones, [0.5, 0.01])
