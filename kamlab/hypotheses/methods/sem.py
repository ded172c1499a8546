"""Hypotheses on paths between what the survey asks: a path of `kl.fit_sem`."""

from __future__ import annotations

from functools import partial

import pandas as pd

from kamlab.foundation.language import say
from kamlab.hypotheses.evidence import Check, Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods import checks
from kamlab.hypotheses.methods.ingredients import rows_for, unknown_term, words_for
from kamlab.hypotheses.tables import Tables
from kamlab.sem.fit import fit_sem
from kamlab.sem.result import SemFit
from kamlab.sem.syntax.reader import read_model


def evidence(hypothesis: Hypothesis, tables: Tables, *, seed: int) -> Evidence:
    """Return a path in standard deviations.

    Every respondent and wave is a case; errors are robust and clustered by account (MLR), those
    of standard deviations counted in; intervals are normal. Answers that are missing are
    allowed for by full information; who answered nothing that the model names is lost.
    """
    rows = rows_for(hypothesis, tables)
    variables = read_model(hypothesis.model).variables
    named = [name for name in variables.observed if name in rows]
    cases = rows.dropna(subset=named, how="all") if named else rows
    gaps = bool(cases[named].isna().to_numpy().any())
    fit = fit_sem(
        hypothesis.model,
        cases[["account_id", *named]],
        estimator="MLR",
        missing="fiml" if gaps else "listwise",
        cluster="account_id",
        fixed_x=False,
    )
    row = _path(fit, hypothesis.term)
    n_lost = len(rows) - len(cases)
    outcome, cause = words_for(row["outcome"]), words_for(row["cause"])
    return Evidence(
        effect=say("hypotheses.effect_sem", cause=cause, outcome=outcome),
        estimate=float(row["direct"]),
        std_error=float(row["direct_error"]),
        effect_size=float(row["direct"]),
        effect_size_is=say("hypotheses.size_sem"),
        n_used=len(cases),
        n_accounts=cases["account_id"].nunique(),
        n_lost=n_lost,
        lost=say("hypotheses.nothing_answered") if n_lost else say("panel.none_left_out"),
        checks=partial(_checks, fit, hypothesis, tables, n_lost),
        known_on=cases["answered_on"].reset_index(drop=True),
    )


def _path(fit: SemFit, term: str) -> pd.Series:
    """Return the row of a path such as "commitment ~ trust"."""
    paths = fit.effects(standardised=True)
    paths = paths[paths["direct_error"] > 0]
    names = [f"{row.outcome} ~ {row.cause}" for row in paths.itertuples()]
    wanted = " ~ ".join(part.strip() for part in term.split("~"))
    if names.count(wanted) != 1:
        raise unknown_term(term, names)
    return paths.iloc[names.index(wanted)]


def _checks(fit: SemFit, hypothesis: Hypothesis, tables: Tables, n_lost: int) -> tuple[Check, ...]:
    whole = fit.glance().iloc[0]
    names = read_model(hypothesis.model).variables.observed
    robust = [
        name if name in whole else plain
        for name, plain in (("cfi_robust", "cfi"), ("rmsea_robust", "rmsea"))
    ]
    rows = rows_for(hypothesis, tables)
    return (
        checks.enough_accounts(rows["account_id"].nunique()),
        checks.few_rows_lost(n_lost, len(rows) - n_lost),
        *checks.scores_without_error(names, tables),
        checks.model_fits(float(whole[robust[0]]), float(whole[robust[1]]), int(whole["df"])),
    )
