"""A few replications of what `models.py` and `replications.py` do a thousand times.

Seeds are fixed. Bounds are such that each comparison would fail by chance once in a million
times with seeds as good as any: all of them together less than once in ten thousand.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.recovery import replications
from tests.recovery.models import FIRST_SEED, MODELS, replicate

CHANCE = 1e-6
FAR = stats.norm.isf(CHANCE / 2)
LEVEL = 0.95
LEAST, MOST = 0.93, 0.97
"""What the project promises of the coverage of 95 % intervals."""
REACH = (1.95, 2.01)
"""Half an interval in standard errors: normal, or Student's t with 69 degrees of freedom or more;
the mean of Firth's profile intervals, too."""
BLURRED = "cox_by_year"
BLUR = (0.095, 0.047)
"""Leaving is seen by the year only: log hazard ratios, which add up to -1.17, are closer to 0 by so
much and spread (1,000 replications). Tested apart."""
USUAL = 40
COUNTS = {
    "firth": 40,
    "random_intercept": 30,
    "cox": 50,
    BLURRED: 20,
    "cloglog": 50,
    # Few parameters, or strongly correlated ones, tell less of standard errors.
    "sbg": 120,
    "spend": 120,
    "sbg_with_trust": 60,
    "bgnbd": 60,
    "mbgnbd": 80,
    "paretonbd": 80,
}
SOUND = [name for name in MODELS if name != BLURRED]
SHARED = ("logit", "log_linear", "gamma", "quantile", "two_part")
"""Fitted to the same renewals and margins where seeds are the same."""
SMALL_SAMPLE_BIAS = 0.15
"""Of order 1/n, in standard errors: not more than this in 1,000 replications of any model."""

N_CHAINS = 8
GAIN_BY_STAYING, GAIN_BY_MARGIN = 1.27, 4.55
"""How far the total gain is off, as a share of it, where trust in the regression of staying, or
of the margin, is off by 1: together they explain 98 % of the gain's spread."""
GAIN_LEFT = (-0.01, 0.04)
DELTA_TO_BOOTSTRAP = (1.02, 0.05)
CORRECTED_TO_NAIVE = (1.39, 0.117)
"""Mean and spread over companies, in 1,000 replications: what these leave of the gain's error, and
how wide intervals of the total are beside each other."""


@cache
def drawn(name):
    count = COUNTS.get(name, USUAL)
    table = pd.concat(replicate(name, seed) for seed in range(FIRST_SEED, FIRST_SEED + count))
    assert table["seed"].nunique() == count, "some replications were refused"
    return table


@cache
def chains():
    seeds = range(replications.FIRST_SEED, replications.FIRST_SEED + N_CHAINS)
    table = pd.concat((replications.replicate(seed) for seed in seeds), ignore_index=True)
    reach = (table["conf_high"] - table["conf_low"]) / 2
    return table.assign(std_error=reach / stats.norm.ppf((1 + LEVEL) / 2), reach=reach)


def by_seed(table, values):
    """Return one row a replication, one column a term."""
    return table.assign(values=values).pivot_table(
        index="seed", columns=["kind", "term"], values="values", sort=False
    )


def errors_of(table):
    """Return how far estimates lie from the truth, in claimed standard errors."""
    known = table[np.isfinite(table["std_error"])]
    return by_seed(known, (known["estimate"] - known["truth"]) / known["std_error"])


def misses_of(table):
    """Return 1 where an interval misses the truth, 0 where it holds it."""
    known = table[table["conf_low"].notna()]
    missed = (known["truth"] < known["conf_low"]) | (known["conf_high"] < known["truth"])
    return by_seed(known, missed.astype(float))


def assert_unit_spread(z, square):
    """Check a mean of squares of correlated normal variables whose variances should be 1.

    Their sum is about as a chi-square with fewer degrees of freedom (Satterthwaite).
    """
    together = np.corrcoef(z.T.to_numpy()) ** 2
    df = (len(z) - 1) * len(together) ** 2 / together.sum()
    low, high = stats.chi2.ppf([CHANCE / 2, 1 - CHANCE / 2], df) / df
    assert low < square < high


def assert_near(values, known):
    mean, spread = known
    assert abs(values.mean() - mean) < FAR * spread / np.sqrt(len(values))


@pytest.mark.parametrize("name", SOUND)
def test_estimates_centre_on_the_truth(name):
    z = errors_of(drawn(name))
    reach = stats.norm.isf(CHANCE / 2 / z.shape[1]) / np.sqrt(len(z))
    assert (z.mean().abs() < reach + SMALL_SAMPLE_BIAS).all()


@pytest.mark.parametrize("name", SOUND)
def test_standard_errors_are_the_spread_of_the_estimates(name):
    z = errors_of(drawn(name))
    for kind in z.columns.unique("kind"):
        assert_unit_spread(z[kind], z[kind].var().mean())


@pytest.mark.parametrize("name", SOUND)
def test_intervals_reach_as_many_standard_errors_as_their_level_asks(name):
    table = drawn(name)
    half = (table["conf_high"] - table["conf_low"]) / 2
    reach = (half / table["std_error"])[np.isfinite(table["std_error"])].dropna()
    assert REACH[0] < reach.mean() < REACH[1]


def test_intervals_of_all_regressions_together_cover_as_often_as_they_say():
    alone = [misses_of(drawn(name)) for name in SOUND if name not in SHARED]
    together = pd.concat([misses_of(drawn(name)) for name in SHARED], axis=1)
    missed = count = variance = 0.0
    for block in (together, *alone):
        own = block.sum(axis=1)
        missed, count = missed + own.sum(), count + block.size
        variance += len(own) * own.var()
    reach = FAR * np.sqrt(variance) / count
    assert LEAST - reach < 1 - missed / count < MOST + reach


def test_leaving_that_is_seen_by_the_year_only_blurs_hazard_ratios_a_little():
    yearly, daily = (drawn(name).groupby("seed")["estimate"].sum() for name in (BLURRED, "cox"))
    assert_near((yearly - daily).dropna(), BLUR)


@pytest.mark.parametrize("scores", ["naive", "corrected"])
def test_the_whole_chain_is_as_right_as_its_regressions(scores):
    table = chains()
    off = by_seed(table, (table["estimate"] - table["truth"]) / table["scale"])
    staying, margin = off[f"{scores}, staying", "trust"], off[f"{scores}, margin", "trust"]
    total = off[f"{scores}, chain by bootstrap", "total"]
    assert_near(total - GAIN_BY_STAYING * staying - GAIN_BY_MARGIN * margin, GAIN_LEFT)


def test_corrected_regressions_on_surveyed_quality_err_as_they_say():
    table = chains()
    for kind in ("corrected, staying", "corrected, margin"):
        z = errors_of(table[table["kind"] == kind])
        assert_unit_spread(z, (z**2).mean(axis=None))


def test_intervals_of_the_chain_are_as_wide_as_they_must_be():
    total = chains().query("term == 'total'")
    wide = total.pivot_table(index="seed", columns="kind", values="reach")
    bootstrap, delta = wide["naive, chain by bootstrap"], wide["naive, chain by delta"]
    assert_near(delta / bootstrap, DELTA_TO_BOOTSTRAP)
    assert_near(wide["corrected, chain by bootstrap"] / bootstrap, CORRECTED_TO_NAIVE)
