"""Second derivatives of the implied moments, as gathers from small matrices."""

from __future__ import annotations

import numpy as np

from kamlab.sem.engine.implied import Implied
from kamlab.sem.engine.structure import Floats, GroupStructure


def curvature(group: GroupStructure, at: Implied, pull: Floats, push: Floats) -> Floats:
    """Return `1/2 tr(pull d2 Sigma) - push' d2 mu` for every pair of cells.

    Parameters
    ----------
    group : GroupStructure
    at : Implied
    pull : ndarray, shape (p, p)
        `Sigma^-1 (Sigma - W) Sigma^-1`.
    push : ndarray, shape (p,)
        `Sigma^-1 (mean - mu)`.

    Returns
    -------
    ndarray, shape (k, k)

    Notes
    -----
    With `E` the spread, `P` the total covariances, `G` the observed rows of `E`, `C` those of
    `P`, `Y = G' pull G`, `X = G' pull C`, `h = G' push` and `v` the level, for paths (i, j) and
    (a, b): `E_bi X_aj + P_bj Y_ia + E_ja X_ib - h_a E_bi v_j - h_i E_ja v_b`; for a path (i, j)
    with a covariance (a, b): `E_ja Y_ib + E_jb Y_ia`, halved for a variance; for a path with a
    mean a: `- h_i E_ja`; other pairs have none.
    """
    p, spread = at.n_observed, at.spread
    above = spread[:p].T @ pull
    pulled, crossed, pushed = above @ spread[:p], above @ at.total[:p], spread[:p].T @ push
    cells = np.zeros((len(group.kind),) * 2)
    path, cov, mean = group.of_kind
    i, j = group.row[path], group.column[path]
    crossed = crossed - np.outer(pushed, at.level)
    half = spread[j[:, None], i].T * crossed[i[:, None], j].T
    within = at.total[j[:, None], j] * pulled[i[:, None], i]
    cells[path[:, None], path] = half + half.T + within
    a, b = group.row[cov], group.column[cov]
    with_cov = spread[j[:, None], a] * pulled[i[:, None], b]
    with_cov += spread[j[:, None], b] * pulled[i[:, None], a]
    with_cov *= np.where(a == b, 0.5, 1.0)
    cells[path[:, None], cov], cells[cov[:, None], path] = with_cov, with_cov.T
    if len(mean):
        with_mean = -pushed[i][:, None] * spread[j[:, None], group.row[mean]]
        cells[path[:, None], mean], cells[mean[:, None], path] = with_mean, with_mean.T
    return cells
