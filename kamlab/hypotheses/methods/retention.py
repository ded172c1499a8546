"""Hypotheses on staying: a coefficient of `kl.fit_retention`."""

from __future__ import annotations

from kamlab.foundation.language import say
from kamlab.hypotheses.evidence import Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods.ingredients import error_for, rows_for, words_for
from kamlab.hypotheses.methods.regressions import evidence_of
from kamlab.hypotheses.tables import Tables
from kamlab.retention.renewal.fit import fit_retention


def evidence(hypothesis: Hypothesis, tables: Tables, *, seed: int) -> Evidence:
    """Return the change of the log odds of staying per unit of a term.

    Errors are clustered by account, or come from redrawn accounts where scores are corrected;
    Student's t with one degree of freedom less than there are accounts. The effect size is the
    average marginal effect.
    """
    fit = fit_retention(
        hypothesis.model,
        rows_for(hypothesis, tables),
        error=error_for(hypothesis, tables),
        seed=seed,
    )
    return evidence_of(
        fit,
        hypothesis,
        tables,
        effect=say("hypotheses.effect_retention", term=words_for(hypothesis.term)),
        effect_size="ame",
        effect_size_is=say("hypotheses.size_retention"),
    )
