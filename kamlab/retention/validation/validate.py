"""How well staying is foretold, on periods that no model had seen: `validate_retention`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import say
from kamlab.foundation.level import tails
from kamlab.panel.design import build_design
from kamlab.panel.door import need_outcome, period_rows
from kamlab.panel.resample import resample
from kamlab.retention.renewal.fit import Model
from kamlab.retention.validation.accuracy import Forecasts
from kamlab.retention.validation.calibration_table import check_groups
from kamlab.retention.validation.retention_validation import RetentionValidation
from kamlab.retention.validation.rolling import foretold
from kamlab.retention.validation.yardsticks import limits

N_DRAWS = 1000


def validate_retention(
    formula: str,
    data: Company | pd.DataFrame,
    *,
    model: Model = "logit",
    from_period: object | None = None,
    n_groups: int = 5,
    conf_level: float = 0.95,
    seed: int = 0,
) -> RetentionValidation:
    """Foretell each period by a model fitted to earlier periods only, and compare.

    Parameters
    ----------
    formula : str
        Such as `"stayed ~ trust + tenure"`, as `kl.fit_retention` takes it.
    data : Company or DataFrame
        A company, or an analysis table made by `kl.analysis_table`.
    model : {"logit", "probit", "cloglog", "firth", "random_intercept"}
        As in `kl.fit_retention`; Cox's regression gives no probabilities to check.
    from_period : optional
        The first period to foretell, as in the column `period`; if left out, the first for
        which earlier periods have two accounts per term that left, and two that stayed.
    n_groups : int, default 5
        Groups of the calibration table, from 2 to 20.
    conf_level : float, default 0.95
    seed : int, default 0
        Of the draws of accounts from which intervals are taken.

    Returns
    -------
    RetentionValidation
        `tidy()` the measures, `calibration()` what happened by group of forecast, `augment()`
        every forecast.

    Raises
    ------
    ArgumentError
        If the number of groups or the first period cannot be used.
    ModelError
        If the formula cannot be used, or a model has no solution.
    NotApplicable
        If the model gives no probabilities, earlier periods do not suffice, or all periods
        foretold ended alike.

    Warns
    -----
    RowsLeftOutWarning
        If decided periods have missing predictors.

    Notes
    -----
    No forecast comes from a model that had seen its period: a model is fitted to rows whose
    period had ended before the first day of the period foretold. Intervals of Brier score, skill,
    log score and AUC are percentiles of 1,000 draws of accounts, the forecasts staying as they
    are (draws in which nobody left have no AUC and are passed over); those of the calibration
    have errors clustered by account.

    Examples
    --------
    >>> check = kl.validate_retention("stayed ~ trust + tenure", kl.sample_company())
    >>> check.glance()[["nobs", "n_accounts"]].iloc[0].tolist()
    [453, 172]
    """
    tails(conf_level)
    check_model(model)
    check_groups(n_groups)
    need_outcome(formula, "stayed")
    rows = period_rows(data, "end", of=say("panel.purpose"))
    design = build_design(formula, rows[rows["decided"]])
    if not set(design.outcome.unique()) <= {0.0, 1.0}:
        raise ModelError(say("retention.hazard_not_binary", formula=formula))
    found = foretold(design, model=model, from_period=from_period, conf_level=conf_level, seed=seed)
    if found["outcome"].min() == found["outcome"].max():
        raise NotApplicable(say("retention.check_all_alike", count=len(found)))
    return RetentionValidation(
        formula=formula,
        model=model,
        forecasts=found,
        measures=_measures(found, conf_level, seed),
        n_left_out=design.n_left_out,
        left_out=design.note,
        n_groups=n_groups,
        conf_level=conf_level,
    )


def check_model(model: object) -> None:
    """Refuse a model that foretells no probability."""
    if model == "cox":
        raise NotApplicable(say("retention.hazard_no_probability"))


def _measures(found: pd.DataFrame, conf_level: float, seed: int) -> pd.DataFrame:
    """Return the measures of all forecasts with their intervals."""
    columns = ("stay_probability", "base_rate", "outcome")
    forecasts = Forecasts(*(found[name].to_numpy(dtype=float) for name in columns))
    estimates = forecasts.measures(np.ones((1, len(found))))
    draws = resample(found["account_id"], N_DRAWS, seed)
    parts = [forecasts.measures(part.of(found["account_id"])) for part in draws.blocks(len(found))]
    rows = [
        (name, float(estimate[0]), *limits(np.concatenate([p[name] for p in parts]), conf_level))
        for name, estimate in estimates.items()
    ]
    accounts = pd.factorize(found["account_id"])[0]
    lines = forecasts.recalibration(accounts, conf_level)
    rows += [(name, *line) for name, line in lines.items()]
    return pd.DataFrame(rows, columns=["term", "estimate", "conf_low", "conf_high"])
