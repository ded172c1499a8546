"""Regressions of renewal and leaving, each on data drawn anew from its own truth."""

from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

import kamlab as kl
from kamlab.accounts.simulation.truth import LOG_ODDS_AT_CENTRE, RETENTION
from kamlab.panel.analysis_table import DAYS_A_YEAR
from kamlab.retention.survival.spells import ONE_DAY, tenure_days
from tests.recovery.populations import beside_truth, everybody, predictor, redrawn, watched

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
LEAVE = "stayed ~ trust + commitment + satisfaction"
PROBIT = {name: by / 1.7 for name, by in RETENTION.items()}
"""A logistic variable is about as wide as a normal one with a standard deviation of 1.7."""
HAZARD = {name: -0.9 * by for name, by in RETENTION.items() if name != "tenure"}
N_FEW = 70
"""Accounts of which so few leave that an ordinary logit is biased."""
INTERCEPT_SD = 1.0
HAZARD_A_YEAR, HAZARD_POWER = 0.16, 0.8
"""Cumulative hazard in the middle of every scale: the first times years to the second."""


def logit(seed):
    """The company's own renewals."""
    return beside_truth(kl.fit_retention(STAY, redrawn(seed)).tidy(), RETENTION, "logit")


def firth(seed):
    """The same where few accounts leave."""
    rows = redrawn(seed)
    few = rows[rows["account_id"].isin(rows["account_id"].unique()[:N_FEW])]
    fit = kl.fit_retention(STAY, few, model="firth")
    return beside_truth(fit.tidy(), RETENTION, "firth, few accounts")


def probit(seed):
    rows, rng = everybody(), np.random.default_rng(seed)
    chance = ndtr(predictor(rows, LOG_ODDS_AT_CENTRE / 1.7, PROBIT))
    drawn = watched(rows, rng.random(len(rows)) < chance)
    return beside_truth(kl.fit_retention(STAY, drawn, model="probit").tidy(), PROBIT, "probit")


def cloglog(seed):
    """Leaving with a hazard that is proportional within the year."""
    rows, rng = everybody(), np.random.default_rng(seed)
    hazard = np.exp(predictor(rows, np.log(HAZARD_A_YEAR), HAZARD))
    drawn = watched(rows, rng.random(len(rows)) < np.exp(-hazard))
    return beside_truth(kl.fit_retention(LEAVE, drawn, model="cloglog").tidy(), HAZARD, "cloglog")


def cox(seed):
    """Leaving in continuous time, seen on the very day."""
    rows, days = _leaving_days(seed)
    last = rows["start"] + pd.to_timedelta(days - 1, unit="D")
    seen = rows.assign(end=last.where(rows["stayed"] == 0, rows["end"]))
    fit = kl.fit_retention(LEAVE, seen, model="cox")
    return beside_truth(fit.tidy(), HAZARD, "cox, seen daily")


def cox_by_year(seed):
    """The same, seen only at the end of the year: log hazard ratios come out too small."""
    rows, _ = _leaving_days(seed)
    fit = kl.fit_retention(LEAVE, rows, model="cox")
    return beside_truth(fit.tidy(), HAZARD, "cox, seen yearly")


@lru_cache(maxsize=100)
def _leaving_days(seed):
    """Return an analysis table and the day of its year on which an account leaves."""
    rows, rng = everybody(), np.random.default_rng(seed)
    entered = tenure_days(rows).to_numpy()
    ratio = np.exp(predictor(rows, 0.0, HAZARD))
    sooner = HAZARD_A_YEAR * (entered / DAYS_A_YEAR) ** HAZARD_POWER
    until = (rng.exponential(size=len(rows)) / ratio + sooner) / HAZARD_A_YEAR
    days = until ** (1 / HAZARD_POWER) * DAYS_A_YEAR - entered
    length = ((rows["end"] - rows["start"]) / ONE_DAY).to_numpy() + 1
    seen = watched(rows.assign(days=np.ceil(days).clip(1)), days > length)
    return seen, seen["days"]


def random_intercept(seed):
    """Four decisions of every account, whatever it decided before; and only up to leaving."""
    rows, rng = everybody(), np.random.default_rng(seed)
    codes, ids = pd.factorize(rows["account_id"])
    own = INTERCEPT_SD * rng.standard_normal(len(ids))[codes]
    stayed = rng.random(len(rows)) < expit(predictor(rows, LOG_ODDS_AT_CENTRE, RETENTION) + own)
    kinds = {
        "random intercept, decides again": rows.assign(stayed=stayed.astype(float), decided=True),
        "random intercept, leaves once": watched(rows, stayed),
    }
    parts = []
    for kind, table in kinds.items():
        fit = kl.fit_retention(STAY, table, model="random_intercept")
        spread = pd.DataFrame({"term": ["intercept sd"], "estimate": [fit.intercept_sd]})
        both = pd.concat([fit.tidy(), spread])
        parts.append(beside_truth(both, RETENTION | {"intercept sd": INTERCEPT_SD}, kind))
    return pd.concat(parts)
