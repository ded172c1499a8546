"""Regressions of lifetime value, on margins drawn anew by the company's own rules."""

import numpy as np
import pandas as pd
from scipy.special import expit

import kamlab as kl
from kamlab.accounts.simulation.business import ACCOUNT_SPREAD, PERIOD_SPREAD
from kamlab.accounts.simulation.truth import LOG_MARGIN, LOG_MARGIN_AT_CENTRE
from tests.recovery.populations import beside_truth, predictor, redrawn

MONEY = "ltv ~ trust + commitment + satisfaction + size"
LOG = "log(ltv) ~ trust + commitment + satisfaction + size"
EARNING = {"trust": 0.5, "commitment": 0.3, "satisfaction": 0.0, "size": 0.6}
EARNING_LEVEL = 0.0
"""Log odds of a period that earns, in the middle of every scale, for a customer of one person."""
LOSS = 0.2
"""Of two periods that do not earn, one loses this share of what it would have earned."""
STEP = 1e-4


def log_linear(seed):
    return beside_truth(kl.fit_value(LOG, redrawn(seed)).tidy(), LOG_MARGIN, "log-linear")


def gamma(seed):
    """Margins are log-normal, not gamma: of the model only the expected value is right."""
    fit = kl.fit_value(MONEY, redrawn(seed), model="gamma")
    return beside_truth(fit.tidy(), LOG_MARGIN, "gamma")


def quantile(seed):
    fit = kl.fit_value(LOG, redrawn(seed), model="quantile")
    return beside_truth(fit.tidy(), LOG_MARGIN, "quantile (median)")


def two_part(seed):
    rows, rng = redrawn(seed), np.random.default_rng([seed, 1])
    earns = rng.random(len(rows)) < expit(predictor(rows, EARNING_LEVEL, EARNING))
    less = np.where(rng.random(len(rows)) < 0.5, -LOSS, 0.0)
    rows = rows.assign(net_margin=rows["net_margin"] * np.where(earns, 1.0, less))
    fit = kl.fit_value(MONEY, rows, model="two_part")
    table = fit.tidy()
    parts = [
        beside_truth(table[table["part"] == part], truth, f"two-part, {part}")
        for part, truth in (("positive", EARNING), ("amount", LOG_MARGIN))
    ]
    both = table[table["part"] == "both"]
    multiple = kl.lifetime_value(1.0, fit.retention_rate, fit.discount_rate)
    slope, change = _effects_on_money(rows, multiple)
    size = {name: abs(slope["trust"]) for name in slope}
    parts.append(beside_truth(both, slope, "two-part, both in money", scale=size))
    limits = {"change": "estimate", "change_low": "conf_low", "change_high": "conf_high"}
    changes = both.drop(columns=list(limits.values())).rename(columns=limits)
    changes["std_error"] = np.nan
    parts.append(beside_truth(changes, change, "two-part, both in per cent"))
    return pd.concat(parts)


def _effects_on_money(rows, multiple):
    """Return by term the mean slope of expected value, and what one unit more adds to it all."""
    noise = (ACCOUNT_SPREAD**2 + PERIOD_SPREAD**2) / 2

    def expected(name, more):
        moved = rows.assign(**{name: rows[name] + more})
        chance = expit(predictor(moved, EARNING_LEVEL, EARNING))
        amount = np.exp(predictor(moved, LOG_MARGIN_AT_CENTRE + noise, LOG_MARGIN))
        return multiple * np.mean(chance * amount)

    slope = {n: (expected(n, STEP) - expected(n, -STEP)) / (2 * STEP) for n in LOG_MARGIN}
    change = {n: expected(n, 1.0) / expected(n, 0.0) - 1 for n in LOG_MARGIN}
    return slope, change
