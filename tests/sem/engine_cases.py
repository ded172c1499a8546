"""Models in matrices and random data, for the tests of the engine."""

import numpy as np

from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import COVARIANCE, MEAN, PATH, GroupStructure, Structure

P, N_CASES = 6, 60
# Central differences with this step are right to about 1e-9 of the largest slope.
STEP = 1e-5
DIFFERENCES = 1e-7
# Two factors of three indicators; f2 depends on f1, and one indicator on one of the other factor.
LOADINGS = [(PATH, i, 6 + i // 3) for i in (1, 2, 4, 5)]
PATHS = [*LOADINGS, (PATH, 7, 6), (PATH, 5, 0)]
VARIANCES = [(COVARIANCE, i, i) for i in range(8)]
# The first indicator has no intercept, so that the mean of its factor is told apart.
MEANS = [(MEAN, i, 0) for i in range(1, 7)]


def group_of(cells, numbers, *, fixed=((0, 6, 1.0), (3, 7, 1.0)), size=8):
    paths, (kind, row, column) = np.zeros((size, size)), np.array(cells, dtype=np.intp).T
    for effect, cause, value in fixed:
        paths[effect, cause] = value
    zero = np.zeros((size, size))
    return GroupStructure(paths, zero, np.zeros(size), kind, row, column, np.array(numbers))


def structure_of(cells, numbers, *, n_observed=P, **fixed):
    """A model of one group."""
    group = group_of(cells, numbers, **fixed)
    names = tuple(f"v{i}" for i in range(group.size))
    has_means = any(kind == MEAN for kind, *_ in cells)
    none = np.array([], dtype=np.intp)
    return Structure(names, n_observed, none, (group,), int(max(numbers)) + 1, has_means)


def two_groups(*, means=True):
    """Loadings equal among groups, two of them equal to each other; all else of its own."""
    cells = [*PATHS, *VARIANCES, (COVARIANCE, 2, 1), *(MEANS if means else [])]
    own = len(cells) - 3
    first = np.array([0, 0, 1, 2, *range(3, own + 2)])
    second = np.array([0, 0, 1, 2, *range(own + 2, 2 * own + 1)])
    groups = (group_of(cells, first), group_of(cells, second))
    names = (*"abcdef", "f1", "f2")
    none = np.array([], dtype=np.intp)
    return Structure(names, P, none, groups, int(second.max()) + 1, means)


def theta_of(structure, seed=1):
    """Values at which every implied covariance matrix is proper."""
    rng = np.random.default_rng(seed)
    theta = rng.uniform(0.3, 0.7, structure.n_free)
    for group in structure.groups:
        spread = (group.kind == COVARIANCE) & (group.row == group.column)
        theta[group.parameter[spread]] = rng.uniform(0.8, 1.6, spread.sum())
        apart = (group.kind == COVARIANCE) & ~spread
        theta[group.parameter[apart]] = rng.uniform(0.1, 0.3, apart.sum())
    return theta


def rows_of(seed, n=N_CASES, p=P):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) * 0.5 + rng.uniform(0, 1, p)


def block(group, rows, places=None, weight=None):
    places = np.arange(rows.shape[1]) if places is None else np.array(places)
    own = rows[:, places]
    cov = np.cov(own, rowvar=False, bias=True)
    return Block(group, places, cov, own.mean(axis=0), weight or len(own), own)


def blocks_of(structure, *, gaps=True):
    """Blocks of unequal weight; with gaps, some cases lack two variables."""
    found = []
    for number in range(len(structure.groups)):
        rows = rows_of(10 + number, N_CASES - 13 * number)
        if gaps:
            found += [block(number, rows[:30]), block(number, rows[30:], [0, 2, 3, 5])]
        else:
            found.append(block(number, rows))
    return found


def sample_of(rows, weight=None):
    cov, n = np.cov(rows, rowvar=False, bias=True), len(rows)
    return GroupSample(cov, rows.mean(axis=0), n, weight or n, rows)


def point_of(*, means=True, gaps=True, estimator="ML"):
    structure = two_groups(means=means)
    return Point(structure, blocks_of(structure, gaps=gaps), theta_of(structure), estimator)


def at(point, theta):
    return Point(point.structure, point.blocks, theta, point.estimator)


def differences(function, theta, step=STEP):
    """Slopes of a function by central differences, the parameter in the first axis."""
    return np.array(
        [
            (np.asarray(function(theta + step * e)) - np.asarray(function(theta - step * e)))
            / (2 * step)
            for e in np.eye(len(theta))
        ]
    )
