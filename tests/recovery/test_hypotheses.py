"""A few companies of what `hypotheses.py` tests on a thousand.

The seed is fixed. Bounds are such that each comparison would fail by chance once in ten thousand
times with seeds as good as any.
"""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from tests.recovery import hypotheses as known

N_COMPANIES = 14
SEED = 60_000
CHANCE = 1e-4
NOMINAL = (1 - known.CONF_LEVEL) / 2
FALSE = {name: given for name, given in known.FALSE.items() if name != "size_foretells"}
"""A forecast is not better by chance alone: superfluous terms make it worse."""
LARGE = 5_000
"""Accounts among which measurement error is seen beside chance."""


@cache
def found():
    """Return the evidence on false and true hypotheses of every company."""
    tables = known.companies(SEED, N_COMPANIES)
    return [known.examined(own, FALSE | known.TRUE) for own in tables]


def false_ones():
    return [company[: len(FALSE)] for company in found()]


def distances():
    """Return how far each estimate is from the end of its range, the truth, in standard errors."""
    return np.array(
        [
            [
                (one.evidence.estimate - truth(one.hypothesis)) / one.evidence.std_error
                for one in own
            ]
            for own in false_ones()
        ]
    )


def truth(hypothesis):
    return hypothesis.high if hypothesis.above is None else hypothesis.low


def test_every_hypothesis_could_be_tested_in_every_company():
    assert all(one.reason is None for company in found() for one in company)


def test_false_hypotheses_are_supported_no_more_often_than_they_may():
    counts = np.array([known.supported(own, "none").sum() for own in false_ones()])
    allowed = stats.binom.isf(CHANCE, counts.size * len(FALSE), NOMINAL)
    assert counts.sum() <= allowed


@pytest.mark.parametrize("correction", ["holm", "bh"])
def test_a_family_of_false_hypotheses_is_supported_anywhere_no_more_often_than_one(correction):
    hits = [known.supported(own, correction).any() for own in false_ones()]
    assert sum(hits) <= stats.binom.isf(CHANCE, len(hits), NOMINAL)


def test_true_hypotheses_are_supported_beside_them():
    hits = np.array([known.supported(own, "holm")[len(FALSE) :] for own in found()])
    assert hits[:, -2:].all(), "size goes with margin, and trust with commitment"
    assert hits[:, :2].mean() > 0.4


def test_estimates_spread_round_the_truth_as_their_errors_say():
    names = [one.hypothesis.name for one in false_ones()[0]]
    z = distances()
    # The equivalence has its truth at the upper end, not the lower.
    z = np.delete(z, names.index("trust_margin_small"), axis=1)
    together = np.corrcoef(z.T) ** 2
    df = (len(z) - 1) * len(together) ** 2 / together.sum()
    low, high = stats.chi2.ppf([CHANCE / 2, 1 - CHANCE / 2], df) / df
    assert low < z.var(axis=0, ddof=1).mean() < high
    assert abs(z.mean(axis=0)).max() < stats.norm.isf(CHANCE / 2 / z.shape[1]) / np.sqrt(len(z))


def test_measurement_error_supports_what_is_false_and_correcting_it_does_not():
    (tables,) = known.companies(SEED + 1, 1, n_accounts=LARGE)
    kinds = {
        name: {**known.FALSE["satisfaction_margin"], "corrected": corrected}
        for name, corrected in (("naive", False), ("mended", True))
    }
    naive, mended = known.examined(tables, kinds)
    assert naive.verdict(known.CONF_LEVEL) == "supported"
    assert mended.verdict(known.CONF_LEVEL) == "undecided"
