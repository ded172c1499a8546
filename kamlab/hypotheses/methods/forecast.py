"""Hypotheses on what foretells: one formula of staying against another, on later periods."""

from __future__ import annotations

from functools import partial

from kamlab.foundation.language import say
from kamlab.hypotheses.evidence import Check, Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods import checks
from kamlab.hypotheses.methods.ingredients import known_on, rows_for
from kamlab.hypotheses.tables import Tables
from kamlab.retention.validation.compare_forecasts import compare_forecasts
from kamlab.retention.validation.forecast_comparison import ForecastComparison

MODEL, RIVAL = "model", "rival"
DRAWS = 1000


def evidence(hypothesis: Hypothesis, tables: Tables, *, seed: int) -> Evidence:
    """Return by how much one formula foretells later periods better than another.

    Both foretell the same rows by models fitted to earlier periods; the interval comes from
    1,000 draws of accounts, the forecasts staying as they are.
    """
    found = compare_forecasts(
        {MODEL: hypothesis.model, RIVAL: hypothesis.rival},
        rows_for(hypothesis, tables),
        capacity=hypothesis.capacity,
        n_boot=DRAWS,
        seed=seed,
    )
    asked = (hypothesis.measure, MODEL, RIVAL)
    advantage, draws = found.advantage(*asked), found.draws(*asked)
    measure = say(f"hypotheses.measure_{hypothesis.measure}", capacity=hypothesis.capacity)
    whole, rows = found.glance().iloc[0], found.forecasts
    return Evidence(
        effect=say("hypotheses.effect_forecast", measure=measure),
        estimate=advantage,
        std_error=float(draws.std(ddof=1)),
        draws=draws,
        effect_size=advantage,
        effect_size_is=say("hypotheses.size_forecast", measure=measure),
        n_used=int(whole["nobs"]),
        n_accounts=int(whole["n_accounts"]),
        n_lost=found.common.n_left_out,
        lost=found.common.left_out,
        checks=partial(_checks, found),
        known_on=known_on(rows, tables, ["stayed"]),
    )


def _checks(found: ForecastComparison) -> tuple[Check, ...]:
    whole = found.glance().iloc[0]
    return (
        checks.enough_accounts(int(whole["n_accounts"])),
        checks.enough_leavers(int(whole["n_leavers"])),
        checks.few_rows_lost(int(whole["n_left_out"]), int(whole["nobs"])),
    )
