"""Fitting a structural equation model: `fit_sem`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import join, same, say
from kamlab.sem import tables
from kamlab.sem.alarms import sound_alarms
from kamlab.sem.assembly import places_of, row_places, structure_of, written
from kamlab.sem.engine.estimate import Constraints, Estimate, estimate
from kamlab.sem.engine.identification import flat_directions, unidentified
from kamlab.sem.engine.starts import starting_values
from kamlab.sem.engine.structure import Floats, Structure
from kamlab.sem.inputs import Inputs
from kamlab.sem.kinds import as_names
from kamlab.sem.options import Options, checked_options
from kamlab.sem.result import SemFit
from kamlab.sem.samples import Data
from kamlab.sem.syntax.entries import Statements
from kamlab.sem.syntax.parameters import ParameterTable
from kamlab.sem.syntax.reader import read_model
from kamlab.sem.syntax.table import parameter_table

TEXTS_KEPT = 64


def fit_sem(
    model: str,
    data: pd.DataFrame | None = None,
    *,
    cov: pd.DataFrame | None = None,
    means: pd.Series | Mapping[str, float] | None = None,
    nobs: int | None = None,
    estimator: Literal["ML", "GLS", "ULS", "MLM", "MLR"] = "ML",
    missing: Literal["listwise", "fiml"] = "listwise",
    group: str | None = None,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
    cluster: str | None = None,
    se: Literal["standard", "robust", "none"] = "standard",
    bootstrap: int = 0,
    seed: int | None = None,
    std_lv: bool = False,
    meanstructure: bool | None = None,
    growth: bool = False,
    fixed_x: bool | None = None,
    orthogonal: bool = False,
    likelihood: Literal["normal", "wishart"] = "normal",
    information: Literal["expected", "observed"] | None = None,
    conf_level: float = 0.95,
) -> SemFit:
    """Fit a structural equation model written in lavaan's syntax.

    What is free, what is fixed and how the likelihood is written follow lavaan's `sem()`
    (Rosseel 2012), so that a model moves from R to Python and back without a change.

    Parameters
    ----------
    model : str
        `trust =~ t1 + t2 + t3` measures, `commitment ~ trust` regresses, `t1 ~~ t2` lets
        covary, `t1 ~ 1` is an intercept; `a*trust` is a label, `0.5*trust` a fixed value,
        `start(0.5)*trust` a starting value; `indirect := a*b` defines, `a == b` constrains.
    data : DataFrame, optional
        One row a case; the columns that the model names must be numbers.
    cov : DataFrame, optional
        Instead of data: covariances (divisor n - 1) or correlations, by name; the lower
        triangle is enough. A correlation matrix gives right estimates of a model without
        constraints on scale; its standard errors are approximate.
    means : Series or mapping, optional
        Means beside `cov`.
    nobs : int, optional
        Cases behind `cov`.
    estimator : {"ML", "GLS", "ULS", "MLM", "MLR"}, default "ML"
        Maximum likelihood, generalised or unweighted least squares. MLM and MLR are maximum
        likelihood with errors and tests that do without normal data (Satorra & Bentler 1994;
        Yuan & Bentler 2000).
    missing : {"listwise", "fiml"}, default "listwise"
        Leave incomplete rows out, or use what they have (full-information maximum likelihood).
    group : str, optional
        Column whose values are groups, in order of appearance; rows without one are left out.
    group_equal : sequence of str
        What groups share: `loadings`, `intercepts`, `means`, `regressions`, `residuals`,
        `residual.covariances`, `lv.variances`, `lv.covariances`.
    group_partial : sequence of str
        Exceptions from `group_equal`, such as `"trust =~ t2"`.
    cluster : str, optional
        Column that says which cases belong together, such as the account of a respondent; errors
        and tests of MLR then hold although such cases are alike.
    se : {"standard", "robust", "none"}, default "standard"
    bootstrap : int, default 0
        Draws; with any, standard errors and intervals (percentile) are the bootstrap's.
    seed : int, optional
        Of the bootstrap.
    std_lv : bool, default False
        Fix latent variances at one instead of the first loadings.
    meanstructure : bool, optional
        Model means too. Yes with groups, clusters, `means`, `missing="fiml"`, `growth` or an
        intercept in the model; otherwise no.
    growth : bool, default False
        Growth curves: intercepts of observed variables are zero, latent means are free.
    fixed_x : bool, optional
        Take moments of observed covariates from the sample instead of estimating them. Yes, but
        no with GLS and ULS.
    orthogonal : bool, default False
        No covariances among exogenous latent variables.
    likelihood : {"normal", "wishart"}, default "normal"
        Divisor n, or n - 1.
    information : {"expected", "observed"}, optional
        Behind standard errors. Expected, but observed with missing data and with MLR.
    conf_level : float, default 0.95

    Returns
    -------
    SemFit

    Raises
    ------
    ModelError
        If the model's text cannot be read, its parameters are not identified, the data do not
        fit it, or no minimum was found.
    ArgumentError
        If an option does not exist, is of another kind, or does not go with another.

    Warns
    -----
    RowsLeftOutWarning
        If rows that are incomplete or without a group were left out.
    ImproperSolutionWarning
        If a variance is negative, or covariances of latent variables or of residuals are not
        positive definite.

    Notes
    -----
    Maximum likelihood minimises
    `F = log|Sigma| + tr(S Sigma^-1) - log|S| - p + (m - mu)' Sigma^-1 (m - mu)`;
    chi-square is `n F` (`(n - 1) F` for `wishart`, GLS and ULS). Fisher scoring is followed by
    Newton steps with the exact Hessian, to a gradient of zero in double precision.

    Examples
    --------
    >>> sales = kl.load("bagozzi1980")
    >>> text = "Sat =~ JS1 + JS2; TSE =~ SE1 + SE2; PERF ~ TSE; Sat ~ PERF"
    >>> fit = kl.fit_sem(text, cov=sales.covariances, nobs=sales.nobs)
    >>> fit.glance()["df"].tolist()
    [4]
    """
    group_equal, group_partial = as_names(group_equal), as_names(group_partial)
    options = checked_options(
        Options(
            estimator=estimator,
            missing=missing,
            se=se,
            bootstrap=bootstrap,
            seed=seed,
            likelihood=likelihood,
            information=information,
            conf_level=conf_level,
        ),
        from_moments=data is None,
        group_equal=group_equal,
        group_partial=group_partial,
        group=group,
        cluster=cluster,
        switches={
            "std_lv": std_lv,
            "meanstructure": meanstructure,
            "growth": growth,
            "fixed_x": fixed_x,
            "orthogonal": orthogonal,
        },
    )
    inputs = Inputs(data=data, cov=cov, means=means, nobs=nobs, group=group, cluster=cluster)
    statements, table = _read(
        model,
        n_groups=inputs.n_groups,
        std_lv=std_lv,
        meanstructure=inputs.model_means(options, meanstructure),
        growth=growth,
        fixed_x=options.discrepancy == "ML" if fixed_x is None else fixed_x,
        orthogonal=orthogonal,
        group_equal=group_equal,
        group_partial=group_partial,
    )
    return _fitted(statements, table, inputs.prepared(table, options), options, data)


def _read(model: str, **options: Any) -> tuple[Statements, ParameterTable]:
    """Return the table of a text's parameters; a text that is fitted again is read once."""
    return _read_once(model, **options) if isinstance(model, str) else _read_anew(model, **options)


def _read_anew(model: str, **options: Any) -> tuple[Statements, ParameterTable]:
    statements = read_model(model)
    return statements, parameter_table(statements, **options)


_read_once = lru_cache(maxsize=TEXTS_KEPT)(_read_anew)


def _fitted(
    statements: Statements,
    table: ParameterTable,
    prepared: Data,
    options: Options,
    frame: pd.DataFrame | None,
) -> SemFit:
    rows = row_places(table)
    structure = structure_of(table, rows, prepared.samples)
    constraints = Constraints(
        tuple(one.expression for one in table.equalities),
        tuple(one.expression for one in table.inequalities),
    )
    given = _given(table)
    found = _estimated(table, structure, prepared, options, constraints, given)
    fit = SemFit(
        model=statements.text,
        table=table,
        rows=rows,
        estimate=found,
        constraints=constraints,
        data=prepared,
        options=options,
        covariates=places_of(statements.variables.covariates, table.observed),
        frame=None if frame is None else tables.identity(frame),
    )
    sound_alarms(fit)
    return fit


def _estimated(
    table: ParameterTable,
    structure: Structure,
    prepared: Data,
    options: Options,
    constraints: Constraints,
    given: Floats,
) -> Estimate:
    start = starting_values(structure, prepared.samples, given)
    found = estimate(
        structure,
        prepared.samples,
        prepared.blocks,
        prepared.saturated,
        estimator=options.discrepancy,
        constraints=constraints,
        start=start,
    )
    is_sure = found.converged and not flat_directions(found.point.information, found.jacobian)
    if not is_sure:
        _need_identified(table, found, start, constraints)
    if not found.converged:
        raise ModelError(say("sem.not_converged", starts=found.ways, steps=found.steps))
    return found


def _need_identified(
    table: ParameterTable, found: Estimate, start: Floats, constraints: Constraints
) -> None:
    slopes = [one.gradient(start) for one in constraints.equalities]
    jacobian = np.array(slopes).reshape(-1, len(start))
    flat = unidentified(found.structure, found.samples, start, jacobian)
    if flat:
        names = [same(written(table, number)) for number in flat]
        raise ModelError(say("sem.unidentified", parameters=join(names)))


def _given(table: ParameterTable) -> Floats:
    given = np.full(table.n_free, np.nan)
    for one, number in zip(table.parameters, table.numbers, strict=True):
        if number >= 0 and not np.isnan(one.start):
            given[number] = one.start
    return given
