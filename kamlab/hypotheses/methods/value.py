"""Hypotheses on lifetime value: a coefficient of `kl.fit_value`."""

from __future__ import annotations

from kamlab.foundation.language import say
from kamlab.hypotheses.evidence import Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods.ingredients import error_for, rows_for, words_for
from kamlab.hypotheses.methods.regressions import evidence_of
from kamlab.hypotheses.tables import Tables
from kamlab.value.regression.fit import fit_value


def evidence(hypothesis: Hypothesis, tables: Tables, *, seed: int) -> Evidence:
    """Return the change of log lifetime value per unit of a term.

    Least squares; errors as in `retention`. The effect size is the change of lifetime value in
    per cent.
    """
    fit = fit_value(
        hypothesis.model,
        rows_for(hypothesis, tables),
        error=error_for(hypothesis, tables),
        seed=seed,
    )
    return evidence_of(
        fit,
        hypothesis,
        tables,
        effect=say("hypotheses.effect_value", term=words_for(hypothesis.term)),
        effect_size="change",
        effect_size_is=say("hypotheses.size_value"),
    )
