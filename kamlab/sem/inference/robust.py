"""Standard errors and tests of fit that hold for data that are not normal.

`"robust.sem"` and `"satorra.bentler"` (together: MLM) need complete cases; `"robust.huber.white"`
and `"yuan.bentler.mplus"` (together: MLR) take incomplete ones too. All are written in what each
case adds to the slopes of the discrepancy: the matrix of fourth-order moments, with its p^4 / 4
entries, is never formed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import chi2

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.objective import inverse_root
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.casewise import cases_of, cross_products, rows_of, scores
from kamlab.sem.inference.fourth_moments import moment_deviations, weighted_trace
from kamlab.sem.inference.saturated import SaturatedGroup, saturated_groups

RobustErrors = Literal["robust.sem", "robust.huber.white"]
ScaledTestName = Literal["satorra.bentler", "yuan.bentler.mplus"]


@dataclass(frozen=True, slots=True)
class ScaledTest:
    """A chi-square test of fit, scaled so that its mean is right without normality.

    Attributes
    ----------
    name : str
    chisq : float
        Chi-square over `scaling`.
    df : int
    scaling : float
        NaN where df is 0.
    p_value : float
    """

    name: ScaledTestName
    chisq: float
    df: int
    scaling: float
    p_value: float


def robust_covariance(
    estimate: Estimate,
    errors: RobustErrors,
    cluster: Places | None = None,
    *,
    information: Literal["expected", "observed"] | None = None,
) -> Floats:
    """Return the covariance matrix of the estimates without assuming normality.

    Parameters
    ----------
    estimate : Estimate
        By maximum likelihood; its blocks have their rows.
    errors : {"robust.sem", "robust.huber.white"}
        Expected information and the fourth-order moments of complete cases (Satorra & Bentler
        1994), or observed information and the scores of cases (Huber 1967, White 1982).
    cluster : ndarray of int, shape (N,), optional
        Cluster of each case, in the order of the blocks' rows.

    Returns
    -------
    ndarray, shape (q, q)
        `V B V / N` with `V = K (K' I K)^-1 K'`.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the information is singular within the constraints.
    ValueError
        If blocks lack their rows, or `"robust.sem"` is asked for with incomplete cases.
    """
    inverse, products = _bread_and_meat(estimate, errors, cluster, information)
    covariance: Floats = inverse @ products @ inverse / estimate.n_total
    return covariance


def _bread_and_meat(
    estimate: Estimate,
    errors: RobustErrors,
    cluster: Places | None,
    information: Literal["expected", "observed"] | None,
) -> tuple[Floats, Floats]:
    point = estimate.point
    if errors == "robust.sem":
        if any(len(block.places) < point.structure.n_observed for block in point.blocks):
            raise ValueError("fourth-order moments need complete cases")
        usual, contribution = "expected", moment_deviations(point)
    else:
        usual, contribution = "observed", scores(point)
    is_observed = (information or usual) == "observed"
    inverse = estimate.n_total * estimate.covariance(
        point.hessian if is_observed else point.information
    )
    return inverse, cross_products(point, contribution, cluster)


def scaled_test(
    estimate: Estimate,
    df: int,
    name: ScaledTestName,
    cluster: Places | None = None,
    *,
    saturated: Sequence[SaturatedGroup] | None = None,
    information: Literal["expected", "observed"] | None = None,
) -> ScaledTest:
    """Return a scaled chi-square test.

    Parameters
    ----------
    estimate : Estimate
        By maximum likelihood; its blocks have their rows. For the baseline model's test: what
        `independence` returns.
    df : int
    name : {"satorra.bentler", "yuan.bentler.mplus"}
    cluster : ndarray of int, shape (N,), optional
        Cluster of each case, in the order of the blocks' rows.
    saturated : sequence of SaturatedGroup, optional
        With incomplete cases, if `saturated_groups` has been called already for the same cases
        and clusters.

    Notes
    -----
    The scaling is `tr(U Gamma) / df`. For Satorra & Bentler (1994) the trace is
    `tr(V Gamma) - tr((Delta' V Delta)^-1 Delta' V Gamma V Delta)`, V at the model's moments; for
    Yuan & Bentler (2000) in the form of Asparouhov & Muthen (2005) it is
    `tr(A1^-1 B1) - tr(A0^-1 B0)`, A observed information and B cross products of scores, of the
    saturated model (1) and of the model (0).
    """
    if df <= 0:
        return ScaledTest(name, estimate.chisq, df, np.nan, np.nan)
    errors: RobustErrors = "robust.huber.white"
    if name == "satorra.bentler":
        errors = "robust.sem"
    inverse, products = _bread_and_meat(estimate, errors, cluster, information)
    trace = _saturated_trace(estimate, name, cluster, saturated) - float((inverse * products).sum())
    scaling = trace / df
    chisq = float(estimate.chisq) / scaling if scaling > 0 else np.nan
    return ScaledTest(name, chisq, df, scaling, float(chi2.sf(chisq, df)))


def _saturated_trace(
    estimate: Estimate,
    name: ScaledTestName,
    cluster: Places | None,
    saturated: Sequence[SaturatedGroup] | None,
) -> float:
    structure, total = estimate.structure, 0.0
    if saturated is None and any(len(b.places) < structure.n_observed for b in estimate.blocks):
        saturated = saturated_groups(estimate, cluster)
    if saturated is not None:
        return sum(group.trace for group in saturated)
    for group, sample in enumerate(estimate.samples):
        own = None if cluster is None else cluster[cases_of(estimate.blocks, group)]
        at = estimate.point.implied[group].sigma if name == "satorra.bentler" else sample.cov
        whitener = inverse_root(at)
        assert whitener is not None, "a converged model implies proper covariances"
        (rows,) = [rows_of(block) for block in estimate.blocks if block.group == group]
        total += weighted_trace(
            rows, structure.exogenous, whitener, own, with_means=structure.has_means
        )
    return total
