"""Models with rows, estimated from scratch: what bootstrap draws are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kamlab.sem.engine.estimate import Constraints, Estimate, estimate
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import COVARIANCE, MEAN, PATH, GroupStructure, Structure

Rows = np.ndarray
Cell = tuple[int, int, int]
# Two factors of three indicators each; the second factor depends on the first.
TWO_FACTORS: list[Cell] = [(PATH, i, 6 + i // 3) for i in (1, 2, 4, 5)] + [(PATH, 7, 6)]
TWO_FACTORS += [(COVARIANCE, i, i) for i in range(8)]
MARKERS = [(0, 6), (3, 7)]


def group_of(
    cells: Sequence[Cell], n: int, ones: Sequence[tuple[int, int]], first: int
) -> GroupStructure:
    paths = np.zeros((n, n))
    for place in ones:
        paths[place] = 1.0
    kind, row, column = np.array(cells).T
    numbers = first + np.arange(len(cells))
    return GroupStructure(paths, np.zeros((n, n)), np.zeros(n), kind, row, column, numbers)


def structure_of(
    cells: Sequence[Cell],
    n_observed: int,
    *,
    n_latent: int = 0,
    ones: Sequence[tuple[int, int]] = (),
    n_groups: int = 1,
    means: bool = False,
    exogenous: Sequence[int] = (),
) -> Structure:
    n = n_observed + n_latent
    free = [place for place in range(n_observed) if place not in exogenous]
    cells = [*cells, *((MEAN, place, 0) for place in free)] if means else list(cells)
    groups = [group_of(cells, n, ones, g * len(cells)) for g in range(n_groups)]
    names = tuple(f"v{place}" for place in range(n))
    fixed = np.array(exogenous, dtype=np.intp)
    return Structure(names, n_observed, fixed, tuple(groups), n_groups * len(cells), means)


@dataclass(frozen=True)
class Case:
    structure: Structure
    rows: list[Rows]
    estimator: str = "ML"
    constraints: Constraints | None = None


def moments(rows: Rows, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = np.average(rows, axis=0, weights=weights)
    return mean, (rows - mean).T @ ((rows - mean) * weights[:, None]) / weights.sum()


def sample_of(rows: Rows, weights: np.ndarray, lost: int) -> GroupSample:
    full, n = ~np.isnan(rows).any(axis=1), len(rows)
    mean, cov = moments(rows[full], weights[full])
    return GroupSample(cov * n / (n - lost), mean, n, n - lost, rows)


def blocks_of(group: int, rows: Rows, weights: np.ndarray, lost: int) -> list[Block]:
    seen, n = ~np.isnan(rows), len(rows)
    found = []
    for pattern in np.unique(seen, axis=0):
        places, own = np.flatnonzero(pattern), (seen == pattern).all(axis=1)
        part = rows[own][:, places]
        mean, cov = moments(part, weights[own])
        cov *= n / (n - lost)
        weight = float(weights[own].sum()) * (n - lost) / n
        found.append(Block(group, places, cov, mean, weight, part))
    return found


def fitted(
    case: Case,
    rows: Sequence[Rows],
    starts: Sequence[np.ndarray] = (),
    weights: Sequence[np.ndarray] | None = None,
) -> Estimate:
    """Estimate a case with other rows, from scratch."""
    lost = 0 if case.estimator == "ML" else 1
    weights = weights or [np.ones(len(own)) for own in rows]
    samples = [sample_of(*one, lost) for one in zip(rows, weights, strict=True)]
    blocks = []
    for group, one in enumerate(zip(rows, weights, strict=True)):
        blocks += blocks_of(group, *one, lost)
    structure, x = case.structure, case.structure.exogenous
    groups = []
    for group, sample in zip(structure.groups, samples, strict=True):
        covariances, means = group.covariances.copy(), group.means.copy()
        covariances[np.ix_(x, x)], means[x] = sample.cov[np.ix_(x, x)], sample.mean[x]
        groups.append(replace(group, covariances=covariances, means=means))
    return estimate(
        replace(structure, groups=tuple(groups)),
        samples,
        blocks,
        [0.0] * len(samples),
        estimator=case.estimator,  # type: ignore[arg-type]
        constraints=case.constraints,
        start=starts[0] if starts else None,
    )


def redrawn(rows: Sequence[Rows], draws: int, seed: int) -> list[list[Rows]]:
    """Rows of each draw, group by group, drawn as `resamples` does."""
    streams = np.random.SeedSequence(seed).spawn(len(rows))
    chosen = [
        np.random.default_rng(stream).integers(0, len(own), size=(draws, len(own)))
        for stream, own in zip(streams, rows, strict=True)
    ]
    return [[own[c[b]] for own, c in zip(rows, chosen, strict=True)] for b in range(draws)]


def two_factor_rows(n: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    first = rng.normal(size=n)
    second = 0.5 * first + rng.normal(size=n)
    factors = np.column_stack([first] * 3 + [second] * 3)
    return factors * [1, 0.8, 1.2, 1, 0.9, 0.7] + rng.normal(size=(n, 6)) + np.arange(6)


def with_gaps(rows: Rows) -> Rows:
    gaps = rows.copy()
    gaps[: len(rows) // 4, 1] = np.nan
    gaps[len(rows) // 2 : 2 * len(rows) // 3, 4:] = np.nan
    gaps[-2:, 0] = np.nan  # so few that some draws have none of them
    # Rows in the order of the blocks, which is the order in which cases are numbered.
    seen = ~np.isnan(gaps)
    return np.concatenate([gaps[(seen == one).all(axis=1)] for one in np.unique(seen, axis=0)])


@dataclass(frozen=True)
class Held:
    """A restriction made of a function and its gradient."""

    function: Callable[[np.ndarray], float]
    slope: Callable[[np.ndarray], np.ndarray]

    def value(self, theta: np.ndarray) -> float:
        return self.function(theta)

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        return self.slope(theta)


def unit(place: int, q: int) -> np.ndarray:
    return np.eye(q)[place]


def two_factors(n_groups: int = 1, means: bool = False) -> Structure:
    return structure_of(TWO_FACTORS, 6, n_latent=2, ones=MARKERS, n_groups=n_groups, means=means)


def path_model(means: bool) -> Structure:
    """`y ~ m + x1 + x2; m ~ x1` with x1 and x2 fixed: m, x1, x2, y are 0, 1, 2, 3."""
    cells = [(PATH, 0, 1), (PATH, 3, 0), (PATH, 3, 1), (PATH, 3, 2)]
    cells += [(COVARIANCE, 0, 0), (COVARIANCE, 3, 3)]
    return structure_of(cells, 4, means=means, exogenous=[1, 2])


def path_rows(n: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    x1, x2 = rng.normal(size=n), rng.exponential(size=n)
    m = 0.5 * x1 + rng.normal(size=n)
    return np.column_stack([m, x1, x2, 0.3 * m + x1 - x2 + rng.normal(size=n)]) + 5


def circle_model() -> Structure:
    """`a ~ x + b; b ~ z + a`: paths that run in a circle; a, b, x, z are 0, 1, 2, 3."""
    cells = [(PATH, 0, 2), (PATH, 0, 1), (PATH, 1, 3), (PATH, 1, 0)]
    cells += [(COVARIANCE, 0, 0), (COVARIANCE, 1, 1)]
    return structure_of(cells, 4, exogenous=[2, 3])


def circle_rows(n: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    x, z, e, f = rng.normal(size=(4, n))
    a = (x + 0.4 * (z + f) + e) / (1 - 0.4 * 0.3)
    return np.column_stack([a, 0.3 * a + z + f, x, z])


def equal_loadings() -> Constraints:
    """Loadings of the two groups are equal."""
    q = two_factors(2, means=True).n_free
    slopes = [unit(place, q) - unit(place + q // 2, q) for place in range(4)]
    return Constraints(tuple(Held(lambda t, s=s: s @ t, lambda t, s=s: s) for s in slopes))


ONE, OTHER = two_factor_rows(150, 1), two_factor_rows(110, 2)
CASES = {
    "ML": Case(two_factors(), [ONE]),
    "ML with means": Case(two_factors(means=True), [ONE]),
    "GLS": Case(two_factors(), [ONE], "GLS"),
    "ULS": Case(two_factors(), [ONE], "ULS"),
    "groups": Case(two_factors(2, means=True), [ONE, OTHER]),
    "groups, ULS": Case(two_factors(2, means=True), [ONE, OTHER], "ULS"),
    "equal loadings": Case(two_factors(2, means=True), [ONE, OTHER], "ML", equal_loadings()),
    "covariates": Case(path_model(means=False), [path_rows(90, 3)]),
    "covariates and means": Case(path_model(means=True), [path_rows(90, 3)]),
    "covariates, GLS": Case(path_model(means=True), [path_rows(90, 3)], "GLS"),
    "paths in a circle": Case(circle_model(), [circle_rows(120, 4)]),
    "gaps": Case(two_factors(means=True), [with_gaps(ONE)]),
}
