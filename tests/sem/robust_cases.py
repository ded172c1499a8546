"""Models and data for the tests of robust errors, built by hand."""

from pathlib import Path

import numpy as np
import pandas as pd

from kamlab.sem.engine.estimate import estimate
from kamlab.sem.engine.missing import missing_patterns, saturated_moments
from kamlab.sem.engine.sample import GroupSample
from kamlab.sem.engine.structure import COVARIANCE, MEAN, PATH, GroupStructure, Structure

REFERENCE = Path(__file__).parents[1] / "reference" / "lavaan_robust"
OBSERVED = ("y1", "y2", "y3", "y4", "y5", "y6", "x1", "x2")
X = np.array([6, 7])
F1, F2 = 8, 9
PATHS = [(1, F1), (2, F1), (4, F2), (5, F2), (F1, 6), (F1, 7), (F2, F1), (F2, 7)]
VARIANCES = [0, 1, 2, 3, 4, 5, F1, F2]

KINDS = {
    "MLM": ("robust.sem", "satorra.bentler"),
    "MLR": ("robust.huber.white", "yuan.bentler.mplus"),
}
SCENARIOS = {
    "mlm": ("MLM", {"complete": True}),
    "mlr": ("MLR", {"complete": True}),
    "mlm_groups": ("MLM", {"complete": True, "by_group": True}),
    "mlr_groups": ("MLR", {"complete": True, "by_group": True}),
    "mlm_cluster": ("MLM", {"complete": True}),
    "mlr_cluster": ("MLR", {"complete": True}),
    "fiml": ("MLR", {"complete": False}),
    "fiml_cluster": ("MLR", {"complete": False}),
}


def cases(*, complete):
    """Return the cases of the reference."""
    table = pd.read_csv(REFERENCE / "cases.csv")
    return table.dropna(ignore_index=True) if complete else table


def sampled(values, groups=None, exogenous=(), names=None):
    """Return samples, blocks, saturated discrepancies and the row of each case of the blocks."""
    groups = np.zeros(len(values), dtype=int) if groups is None else np.asarray(groups)
    names = names or [f"v{i}" for i in range(values.shape[1])]
    samples, blocks, saturated, order = [], [], [], []
    for number, label in enumerate(dict.fromkeys(groups)):
        own = np.flatnonzero(groups == label)
        found = missing_patterns(values[own], names, exogenous=exogenous, group=number)
        moments = saturated_moments(found.blocks, values.shape[1])
        nobs = len(found.order)
        samples.append(GroupSample(moments.cov, moments.mean, nobs, nobs, values[own[found.order]]))
        blocks += found.blocks
        saturated.append(2 * moments.objective)
        order.append(own[found.order])
    return tuple(samples), tuple(blocks), tuple(saturated), np.concatenate(order)


def structure(cells, n_observed, size, samples, exogenous=(), ones=(), means=True, shared=()):
    """Return a structure with the same cells in every group.

    `ones` are paths fixed at 1; cells listed in `shared` have one parameter for all groups.
    """
    groups, exogenous = [], np.array(exogenous, dtype=np.intp)
    for number, sample in enumerate(samples):
        paths, covariances, level = np.zeros((size, size)), np.zeros((size, size)), np.zeros(size)
        for row, column in ones:
            paths[row, column] = 1
        among = np.ix_(exogenous, exogenous)
        covariances[among] = sample.cov[among]
        level[exogenous] = sample.mean[exogenous] * means
        kind, row, column = np.array(cells).T
        parameter = np.arange(len(cells)) + number * len(cells)
        parameter[list(shared)] = np.array(shared, dtype=int)
        groups.append(GroupStructure(paths, covariances, level, kind, row, column, parameter))
    used = np.unique(np.concatenate([group.parameter for group in groups]))
    renumbered = [
        GroupStructure(
            g.paths, g.covariances, g.means, g.kind, g.row, g.column,
            np.searchsorted(used, g.parameter),
        )
        for g in groups
    ]  # fmt: skip
    names = tuple(f"v{i}" for i in range(size))
    return Structure(names, n_observed, exogenous, tuple(renumbered), len(used), means)


def two_factors(table, *, by_group=False, shared_loadings=True, constraints=None):
    """Fit the reference's model: two factors, two fixed covariates, means.

    With groups, loadings are equal by one parameter for all groups, or not at all.
    """
    values = table[list(OBSERVED)].to_numpy(dtype=float)
    groups = table["group"] if by_group else None
    samples, blocks, saturated, order = sampled(values, groups, X, OBSERVED)
    cells = [(PATH, *place) for place in PATHS] + [(COVARIANCE, i, i) for i in VARIANCES]
    cells += [(MEAN, i, 0) for i in range(6)]
    shared = (0, 1, 2, 3) if by_group and shared_loadings else ()
    model = structure(cells, 8, 10, samples, X, [(0, F1), (3, F2)], shared=shared)
    return estimate(model, samples, blocks, saturated, constraints=constraints), order


def cell_names(group):
    """Return lavaan's names of the cells, in the order of the cells."""
    names = (*OBSERVED, "f1", "f2")
    found = []
    for row, column in PATHS:
        measured = row < 6
        left, op, right = (column, "=~", row) if measured else (row, "~", column)
        found.append(f"{names[left]} {op} {names[right]} {group}")
    found += [f"{names[i]} ~~ {names[i]} {group}" for i in VARIANCES]
    return found + [f"{names[i]} ~1  {group}" for i in range(6)]


def fitted(scenario):
    """Return a scenario's estimate, clusters, kind of errors and kind of test."""
    kind, options = SCENARIOS[scenario]
    table = cases(complete=options["complete"])
    found, order = two_factors(table, by_group=options.get("by_group", False))
    cluster = table["cluster"].to_numpy()[order] if "cluster" in scenario else None
    return found, cluster, *KINDS[kind]
