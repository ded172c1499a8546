"""The main tables of a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.foundation.level import tails
from kamlab.sem.engine.structure import Floats
from kamlab.sem.inference.indices import Indices, RobustIndices

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

IDENTITY = ("account_id", "respondent_id", "wave")
"""Columns of the user's table that tell whose row a case is."""


def parameter_rows(fit: SemFit) -> pd.DataFrame:
    """Return one row a parameter, fixed ones and definitions included."""
    table = fit.table
    rows = [(p.lhs, p.op, p.rhs, p.label, p.group) for p in table.parameters]
    rows += [(d.name, ":=", d.text, d.name, 0) for d in table.definitions]
    names = ("lhs", "op", "rhs", "label", "group")
    columns: dict[str, object] = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    doubt, estimates = fit.uncertainty, fit.values
    statistic = np.full(len(estimates), np.nan)
    np.divide(estimates, doubt.errors, out=statistic, where=doubt.errors > 0)
    return pd.DataFrame(
        columns
        | {
            "estimate": estimates,
            "std_error": doubt.errors,
            "statistic": statistic,
            "p_value": 2 * ndtr(-np.abs(statistic)),
            "conf_low": doubt.low,
            "conf_high": doubt.high,
            "std_lv": fit.standardised.std_lv,
            "std_all": fit.standardised.std_all,
        }
    )


def normal_interval(estimates: Floats, errors: Floats, conf_level: float) -> tuple[Floats, Floats]:
    """Return estimates plus and minus the normal quantile times their errors."""
    low, high = ndtri(tails(conf_level))
    return estimates + low * errors, estimates + high * errors


def with_terms(tidy: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Return a table of parameters with the formula of each in a first column `term`."""
    terms = tidy["lhs"] + " " + tidy["op"].str.replace("~1", "~ 1") + " " + tidy["rhs"]
    terms = terms.str.strip()
    if len(groups) > 1:
        names = dict(enumerate(groups, start=1))
        terms += tidy["group"].map(lambda number: f" [{names[number]}]" if number else "")
    return tidy.assign(term=terms)[["term", *tidy.columns]]


def fit_row(fit: SemFit) -> pd.DataFrame:
    """Return the measures of fit in one row."""
    found = fit.measures
    row = {
        "estimator": fit.options.estimator,
        "nobs": found.n_cases,
        "npar": found.n_parameters,
        **_indices(found.plain),
        "srmr": found.srmr,
        "aic": found.aic,
        "bic": found.bic,
        "loglik": found.loglik,
        "converged": fit.estimate.converged,
        "chisq_baseline": found.plain.chisq_baseline,
        "df_baseline": found.plain.df_baseline,
        **_without_normality(fit),
    }
    return pd.DataFrame({name: np.array([value]) for name, value in row.items()}, copy=False)


def _indices(found: Indices) -> dict[str, float]:
    return {
        "chisq": found.chisq,
        "df": found.df,
        "p_value": found.p_value,
        "cfi": found.cfi,
        "tli": found.tli,
        "nfi": found.nfi,
        "pnfi": found.pnfi,
        "rmsea": found.rmsea.value,
        "rmsea_low": found.rmsea.low,
        "rmsea_high": found.rmsea.high,
        "rmsea_p": found.rmsea.p_close,
    }


def _without_normality(fit: SemFit) -> dict[str, float]:
    found, row = fit.measures, {}
    if fit.options.scaled and fit.scaling and found.scaled:
        row["scaling"] = fit.scaling.model
        row |= {
            f"{name}_scaled": one for name, one in _indices(found.scaled).items() if name != "df"
        }
    return row | (_robust(found.robust) if found.robust else {})


def _robust(found: RobustIndices) -> dict[str, float]:
    return {
        "cfi_robust": found.cfi,
        "tli_robust": found.tli,
        "rmsea_robust": found.rmsea.value,
        "rmsea_low_robust": found.rmsea.low,
        "rmsea_high_robust": found.rmsea.high,
    }


def identity(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a fit keeps of the user's table: its index, and whose each row is."""
    return frame[[name for name in IDENTITY if name in frame.columns]].copy()


def case_rows(fit: SemFit) -> pd.DataFrame:
    """Return one row a case used: its place in the user's table, whose it is, factor scores.

    Raises
    ------
    NotApplicable
        If the fit is from moments.
    """
    if fit.frame is None:
        raise NotApplicable(say("sem.no_cases"))
    kept = np.concatenate(fit.data.kept)
    order = np.argsort(kept)
    cases = fit.frame.iloc[kept[order]].reset_index(drop=True)
    cases.insert(cases.shape[1], "row", kept[order])
    if not fit.table.latent:
        return cases
    scores = fit.factor_scores().reset_index(drop=True).add_prefix("score_")
    return cases.join(scores)
