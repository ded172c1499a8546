"""What a model that is known is estimated as, over many samples from it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.sem.engine.estimate import estimate
from tests.sem.engine_cases import block, sample_of

MODEL = """
f1 =~ a1 + a2 + a3
f2 =~ b1 + b2 + b3
f3 =~ c1 + c2 + c3
f2 ~ p*f1
f3 ~ q*f2 + r*f1
indirect := p*q
"""
NAMES = tuple(f"{letter}{place}" for letter in "abc" for place in (1, 2, 3))
LOADINGS = np.array([1.0, 0.8, 0.9])
P, Q, R = 0.5, 0.4, 0.3
LEFT = {"f1": 1.0, "f2": 0.6, "f3": 0.5}
NOISE = 0.4
TRUTH = {
    **{
        f"f{number} =~ {letter}{place}": LOADINGS[place - 1]
        for number, letter in enumerate("abc", start=1)
        for place in (2, 3)
    },
    **{f"{name} ~~ {name}": NOISE for name in NAMES},
    **{f"{name} ~~ {name}": value for name, value in LEFT.items()},
    "f2 ~ f1": P,
    "f3 ~ f2": Q,
    "f3 ~ f1": R,
    "indirect": P * Q,
}
N = 400
LEVEL = 0.95

N_REPLICATIONS = 1000
# Nothing of some thirty comparisons with seeds as good as any lies farther out than this.
MOST_ERRORS = 4.0
# Maximum likelihood is unbiased but for terms of order 1/n; all truths are at most 1.
SMALL_SAMPLE_BIAS = 1 / N
# Symmetric intervals for variances and products at n = 400: 0.934 and 0.936 in 3,000 replications.
SYMMETRIC_SHORT = 0.016


def rows_of(rng: np.random.Generator, n: int, *, heavy: bool = False) -> np.ndarray:
    """Rows from the model; with heavy tails, a fifth of them lies nearly three times as far out."""
    noise = rng.normal(size=(n, 12))
    if heavy:
        # Variance stays 1; kurtosis rises from 3 to 7.3.
        noise *= np.sqrt(np.where(rng.random(n) < 0.2, 3.4, 0.4))[:, None]
    f1 = noise[:, 9]
    f2 = P * f1 + np.sqrt(LEFT["f2"]) * noise[:, 10]
    f3 = Q * f2 + R * f1 + np.sqrt(LEFT["f3"]) * noise[:, 11]
    return np.hstack([np.outer(f, LOADINGS) for f in (f1, f2, f3)]) + np.sqrt(NOISE) * noise[:, :9]


def frame_of(rows: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NAMES)


def share_error(share: float, n: int) -> float:
    """Standard error of a share among n replications."""
    return np.sqrt(share * (1 - share) / n)


@dataclass(frozen=True)
class Recovered:
    """Estimates and errors, a replication a row; chi-squares of the model."""

    names: tuple[str, ...]
    values: np.ndarray
    errors: np.ndarray
    chisq: np.ndarray
    df: int

    @property
    def truth(self) -> np.ndarray:
        return np.array([TRUTH[name] for name in self.names])

    def coverage(self) -> np.ndarray:
        reach = 1.959963984540054 * self.errors
        return (np.abs(self.values - self.truth) < reach).mean(axis=0)


@cache
def replications() -> Recovered:
    """Fits by the engine, each from its own first guess; the layers above would take minutes."""
    rng = np.random.default_rng(20)
    first = kl.fit_sem(MODEL, frame_of(rows_of(rng, N)))
    structure, defined = first.estimate.structure, first.table.definitions
    values, errors, chisq = [], [], []
    for _ in range(N_REPLICATIONS):
        sample = sample_of(rows_of(rng, N))
        own = block(0, sample.rows)
        perfect = np.linalg.slogdet(sample.cov)[1] + len(NAMES)
        found = estimate(structure, [sample], [own], [perfect])
        assert found.converged
        spread = found.covariance(found.point.information)
        slopes = np.array([one.expression.gradient(found.theta) for one in defined])
        products = [one.expression.value(found.theta) for one in defined]
        values.append([*found.theta, *products])
        errors.append(np.sqrt([*spread.diagonal(), *np.diag(slopes @ spread @ slopes.T)]))
        chisq.append(found.chisq)
    free = tuple(str(name) for name in first.names_of(range(structure.n_free)))
    names = (*free, *(one.name for one in defined))
    df = int(first.glance()["df"].iloc[0])
    return Recovered(names, np.array(values), np.array(errors), np.array(chisq), df)


def test_estimates_scatter_about_the_truth():
    found = replications()
    bias = found.values.mean(axis=0) - found.truth
    error = found.values.std(axis=0, ddof=1) / np.sqrt(N_REPLICATIONS)
    assert set(found.names) == set(TRUTH)
    assert (np.abs(bias) < MOST_ERRORS * error + SMALL_SAMPLE_BIAS).all()


def test_standard_errors_are_the_scatter_of_the_estimates():
    found = replications()
    ratio = found.errors.mean(axis=0) / found.values.std(axis=0, ddof=1)
    # A standard deviation of n values has a relative error of 1 / sqrt(2 n).
    assert ratio == pytest.approx(1, abs=MOST_ERRORS / np.sqrt(2 * N_REPLICATIONS))
    # Theirs is 0.99 on average (0.956 to 1.017 in 3,000 replications).
    assert ratio.mean() == pytest.approx(0.99, abs=0.02)


def test_intervals_hold_the_truth_as_often_as_they_say():
    chance = MOST_ERRORS * share_error(LEVEL, N_REPLICATIONS)
    covered = replications().coverage()
    assert covered.min() > LEVEL - SYMMETRIC_SHORT - chance
    assert covered.max() < LEVEL + chance
    assert covered.mean() == pytest.approx(LEVEL, abs=SYMMETRIC_SHORT)


def test_chi_square_of_the_true_model_is_distributed_as_chi_square():
    found = replications()
    # Its mean exceeds df by a share of order p/n (Bartlett 1950): half a unit at most.
    tolerance = MOST_ERRORS * np.sqrt(2 * found.df / N_REPLICATIONS) + found.df * len(NAMES) / N
    assert found.df == 24
    assert found.chisq.mean() == pytest.approx(found.df, abs=tolerance)
    rejected = (found.chisq > 36.41502850180731).mean()
    assert rejected == pytest.approx(0.05, abs=MOST_ERRORS * share_error(0.05, N_REPLICATIONS))


N_HEAVY = 300
# Intervals that are right for normal data cover about 73 % for variances here, 79 % for loadings.
TOO_RARELY = 0.88
# Fourth moments of 400 rows with such tails are rough, and the sandwich is a little small.
SANDWICH_SMALL = 0.02


def test_robust_intervals_cover_with_heavy_tails_where_ordinary_ones_do_not():
    rng = np.random.default_rng(21)
    hits = {"ordinary": [], "robust": []}
    for _ in range(N_HEAVY):
        fit = kl.fit_sem(MODEL, frame_of(rows_of(rng, N, heavy=True)), estimator="MLR")
        q = fit.estimate.structure.n_free
        away = np.abs(fit.estimate.theta - [TRUTH[str(name)] for name in fit.names_of(range(q))])
        ordinary = fit.estimate.covariance(fit.estimate.point.information)
        for kind, spread in (("ordinary", ordinary), ("robust", fit.vcov().to_numpy())):
            hits[kind].append(away < 1.96 * np.sqrt(spread.diagonal()))
    chance = MOST_ERRORS * share_error(LEVEL, N_HEAVY)
    covered = {kind: np.mean(found, axis=0) for kind, found in hits.items()}
    assert covered["ordinary"].mean() < TOO_RARELY
    # Chance averages out over the parameters: to a quarter if most hardly correlate.
    assert covered["robust"].mean() == pytest.approx(LEVEL, abs=SANDWICH_SMALL + chance / 4)
    assert covered["robust"].min() > LEVEL - SANDWICH_SMALL - chance


N_GAPS = 60


def test_incomplete_rows_count_where_leaving_them_out_would_distort():
    rng = np.random.default_rng(22)
    places = {"c1 ~ 1": 0.0, "f1 ~~ f1": LEFT["f1"], "a1 ~ 1": 0.0}
    found = {"fiml": [], "listwise": []}
    for _ in range(N_GAPS):
        rows = rows_of(rng, N)
        # What is missing depends on a1, which is observed: missing at random.
        gone = rng.random(N) < np.where(rows[:, 0] > 0, 0.7, 0.1)
        rows[gone, 6:] = np.nan
        for missing, fits in found.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", kl.RowsLeftOutWarning)
                fit = kl.fit_sem(MODEL, frame_of(rows), missing=missing, meanstructure=True)
            fits.append(fit.by_term().set_index("term").loc[list(places), "estimate"])
    truth = np.array(list(places.values()))
    error = np.std(found["fiml"], axis=0, ddof=1) / np.sqrt(N_GAPS)
    bias = {missing: np.abs(np.mean(fits, axis=0) - truth) for missing, fits in found.items()}
    assert (bias["fiml"] < MOST_ERRORS * error).all()
    assert (bias["listwise"] > 2 * MOST_ERRORS * error).all()


N_BOOTSTRAPPED, N_DRAWS = 150, 200


def test_bootstrap_intervals_hold_a_product_of_paths_as_often_as_they_say():
    rng = np.random.default_rng(23)
    inside = []
    for _ in range(N_BOOTSTRAPPED):
        cause = rng.normal(size=100)
        between = 0.4 * cause + rng.normal(size=100)
        effect = 0.4 * between + rng.normal(size=100)
        data = pd.DataFrame({"cause": cause, "between": between, "effect": effect})
        text = "between ~ a*cause; effect ~ b*between + cause; product := a*b"
        fit = kl.fit_sem(text, data, bootstrap=N_DRAWS, seed=1)
        product = fit.by_term().set_index("term").filter(like="product", axis=0).iloc[0]
        inside.append(product["conf_low"] < 0.16 < product["conf_high"])
    tolerance = MOST_ERRORS * share_error(LEVEL, N_BOOTSTRAPPED)
    assert np.mean(inside) == pytest.approx(LEVEL, abs=tolerance)
