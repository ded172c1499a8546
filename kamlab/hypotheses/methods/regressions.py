"""From a regression of staying or value to the evidence."""

from __future__ import annotations

from functools import partial

from kamlab.foundation.language import Text
from kamlab.hypotheses.evidence import Check, Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods import checks
from kamlab.hypotheses.methods.ingredients import known_on, row_of
from kamlab.hypotheses.tables import Tables
from kamlab.panel.regression import Regression


def evidence_of(
    fit: Regression,
    hypothesis: Hypothesis,
    tables: Tables,
    *,
    effect: Text,
    effect_size: str,
    effect_size_is: Text,
) -> Evidence:
    """Return what a regression says of one of its terms.

    Parameters
    ----------
    fit : Regression
    hypothesis : Hypothesis
    tables : Tables
    effect : Text
    effect_size : str
        The column of `tidy()` that has it.
    effect_size_is : Text
    """
    row = row_of(fit.tidy(), hypothesis.term)
    design = fit.design
    return Evidence(
        effect=effect,
        estimate=float(row["estimate"]),
        std_error=float(row["std_error"]),
        df=design.groups.nunique() - 1,
        effect_size=float(row[effect_size]),
        effect_size_is=effect_size_is,
        n_used=len(design.outcome),
        n_accounts=design.groups.nunique(),
        n_lost=design.n_left_out,
        lost=design.note,
        checks=partial(_checks, fit, hypothesis, tables),
        known_on=known_on(design.used, tables, ["stayed"]),
    )


def _checks(fit: Regression, hypothesis: Hypothesis, tables: Tables) -> tuple[Check, ...]:
    design = fit.design
    found = [checks.enough_accounts(design.groups.nunique())]
    if "events_per_term" in fit.estimates.measures:
        found.append(checks.enough_events(fit.estimates.measures["events_per_term"]))
    found.append(checks.few_rows_lost(design.n_left_out, len(design.outcome)))
    if not hypothesis.corrected:
        found += checks.scores_without_error(design.predictors, tables)
    if fit.estimates.influence is not None:
        place = design.terms.columns.get_loc(hypothesis.term)
        error = float(fit.estimates.covariance[place, place] ** 0.5)
        own = fit.estimates.influence[:, place]
        found.append(checks.no_account_decides(own, error, design.groups))
    predictor = fit.linear_predictor(design.used)[1]
    return (
        *found,
        *checks.straight_line(design, predictor, binary=hypothesis.method == "retention"),
    )
