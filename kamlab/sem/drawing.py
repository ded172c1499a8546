"""A fitted model as a path diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kamlab.sem.inference.residuals import r_squared
from kamlab.sem.picture.diagram import Diagram, Edge, Node

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

KINDS = {"=~": "loading", "~": "path", "~~": "covariance"}


def diagram(fit: SemFit, group: int) -> Diagram:
    """Return the variables and arrows of one group, numbered from 1."""
    structure = fit.estimate.structure
    shares = r_squared(fit.estimate.point)[group - 1]
    nodes = tuple(
        Node(name, latent=place >= structure.n_observed, r_squared=float(share))
        for place, (name, share) in enumerate(zip(structure.variables, shares, strict=True))
    )
    edges = [
        _edge(fit, place)
        for place, one in enumerate(fit.table.parameters)
        if one.group == group and one.op in KINDS and one.lhs != one.rhs
    ]
    return Diagram(nodes, tuple(edges))


def _edge(fit: SemFit, place: int) -> Edge:
    one, doubt = fit.table.parameters[place], fit.uncertainty
    ends = (one.rhs, one.lhs) if one.op == "~" else (one.lhs, one.rhs)
    is_known = not np.isnan(doubt.low[place])
    return Edge(
        *ends,
        kind=KINDS[one.op],  # type: ignore[arg-type]
        estimate=float(fit.values[place]),
        standardised=float(fit.standardised.std_all[place]),
        conf_low=float(doubt.low[place]) if is_known else float("nan"),
        conf_high=float(doubt.high[place]) if is_known else float("nan"),
        label=one.label if not one.label.startswith(".p") else "",
        fixed=not one.free,
    )
