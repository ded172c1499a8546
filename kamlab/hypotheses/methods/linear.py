"""Hypotheses on any number: a coefficient of least squares."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import statsmodels.api as sm

from kamlab.foundation.language import say
from kamlab.hypotheses.evidence import Check, Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods import checks
from kamlab.hypotheses.methods.ingredients import known_on, row_of, rows_for, words_for
from kamlab.hypotheses.tables import Tables
from kamlab.panel.design import Design, build_design
from kamlab.panel.formula import columns_named
from kamlab.panel.labels import INTERCEPT


def evidence(hypothesis: Hypothesis, tables: Tables, *, seed: int) -> Evidence:
    """Return the change of an outcome per unit of a term.

    Errors allow for any spread: clustered by account where accounts have several rows (Student's
    t with one degree of freedom less than there are accounts), else HC3 (MacKinnon & White
    1985; degrees of freedom of the residuals). The effect size is in standard deviations: of the
    outcome per standard deviation of the term, or the mean itself where that is tested.
    """
    design = build_design(hypothesis.model, rows_for(hypothesis, tables))
    single = design.groups.is_unique
    errors: dict[str, Any] = {"cov_type": "HC3"} if single else design.cluster
    fit = sm.OLS(design.outcome, design.terms).fit(use_t=True, **errors)
    table = fit.params.rename_axis("term").rename("estimate").reset_index()
    table["std_error"] = fit.bse.to_numpy()
    row = row_of(table, hypothesis.term)
    n_accounts = design.groups.nunique()
    scale = float(design.outcome.std())
    outcome = words_for(hypothesis.model.split("~")[0].strip())
    is_mean = hypothesis.term == INTERCEPT
    spread = 1.0 if is_mean else float(design.terms[hypothesis.term].std())
    mean = "effect_mean" if design.terms.shape[1] == 1 else "effect_intercept"
    return Evidence(
        effect=say(
            f"hypotheses.{mean if is_mean else 'effect_linear'}",
            outcome=outcome,
            term=words_for(hypothesis.term),
        ),
        estimate=float(row["estimate"]),
        std_error=float(row["std_error"]),
        df=float(fit.df_resid) if single else n_accounts - 1,
        effect_size=float(row["estimate"]) * spread / scale if scale > 0 else np.nan,
        effect_size_is=say("hypotheses.size_linear"),
        n_used=len(design.outcome),
        n_accounts=n_accounts,
        n_lost=design.n_left_out,
        lost=design.note,
        checks=partial(_checks, design, fit, hypothesis, tables),
        known_on=known_on(design.used, tables, columns_named(hypothesis.model, design.used)[0]),
    )


def _checks(design: Design, fit: Any, hypothesis: Hypothesis, tables: Tables) -> tuple[Check, ...]:
    influence = (design.terms.to_numpy() * fit.resid.to_numpy()[:, None]) @ np.asarray(
        fit.normalized_cov_params
    )
    place = design.terms.columns.get_loc(hypothesis.term)
    return (
        checks.enough_accounts(design.groups.nunique()),
        checks.few_rows_lost(design.n_left_out, len(design.outcome)),
        *checks.scores_without_error(design.predictors, tables),
        checks.no_account_decides(
            influence[:, place], float(fit.bse[hypothesis.term]), design.groups
        ),
        *checks.straight_line(design, fit.fittedvalues.to_numpy(), binary=False),
    )
