"""Accounts, renewals, margins and orders that follow from the hidden relationship."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.book import DAYS_A_YEAR
from kamlab.accounts.simulation.effects import Effects
from kamlab.accounts.simulation.names import MANAGERS, REGIONS, company_name
from kamlab.accounts.simulation.truth import (
    CENTRES,
    LOG_MARGIN_AT_CENTRE,
    LOG_ODDS_AT_CENTRE,
)

CONTRACT_SHARE = 5 / 6
KEY_SHARE = 0.15
SIZE_CENTRE, SIZE_SPREAD = 2.4, 0.6
"""Of the log10 of employees."""
OLDEST, NEWEST = pd.Timestamp("1988-04-01"), pd.Timestamp("2021-03-31")

INVESTMENT_ITEMS = {
    "buyer": ("buildings", "machines", "systems", "knowledge", "training", "ties"),
    "supplier": ("buildings", "logistics", "systems", "development", "training", "ties"),
}
INVESTMENT_CENTRE, INVESTMENT_SPREAD, INVESTMENT_NOISE = 3.8, 1.2, 0.9
ACCOUNT_SPREAD, PERIOD_SPREAD = 0.35, 0.15
MARGIN_RATE = (0.18, 0.42)
SERVICE_SHARE = (0.05, 0.35)
ORDERS_A_WEEK = (2.0, 20.0)
DROPOUT_A_WEEK = 0.008


def accounts(quality: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the account table; investments follow the first wave's hidden relationship."""
    n = len(quality)
    names = [company_name(number) for number in range(n)]
    size = rng.normal(SIZE_CENTRE, SIZE_SPREAD, n)
    age = rng.integers(0, (NEWEST - OLDEST).days, n)
    columns = {
        "account_id": quality["account_id"].to_numpy(),
        "name": [name.ja for name in names],
        "name_en": [name.en for name in names],
        "industry": [name.industry for name in names],
        "region": np.array(REGIONS)[rng.integers(0, len(REGIONS), n)],
        "employees": np.maximum(5, np.rint(10**size)),
        "manager": np.array(MANAGERS)[rng.integers(0, len(MANAGERS), n)],
        "is_key": _key(size, quality["commitment"].to_numpy(), rng),
        "has_contract": rng.random(n) < CONTRACT_SHARE,
        "customer_since": OLDEST + pd.to_timedelta(age, unit="D"),
        "share_of_wallet": np.round(_share_of_wallet(quality, rng), 2),
        **_investments(quality, rng),
    }
    frame = pd.DataFrame(columns)
    return frame.astype({"is_key": "boolean", "has_contract": "boolean"})


def _key(
    size: NDArray[np.float64], commitment: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Big and committed customers tend to become key accounts; trust plays no part."""
    appeal = 1.5 * size + 0.5 * commitment + rng.normal(0, 0.7, len(size))
    return appeal >= np.quantile(appeal, 1 - KEY_SHARE)


def _share_of_wallet(quality: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.float64]:
    pull = 0.5 * (quality["commitment"] - CENTRES["commitment"]) + rng.normal(0, 0.6, len(quality))
    return np.asarray(1 / (1 + np.exp(-pull.to_numpy())))


def _investments(quality: pd.DataFrame, rng: np.random.Generator) -> dict[str, NDArray[np.float64]]:
    """Rate investments: who pays dearly for leaving, or gains by staying, has invested."""
    drivers = {"buyer": "termination_costs", "supplier": "relationship_benefits"}
    ratings = {}
    for side, items in INVESTMENT_ITEMS.items():
        pull = (quality[drivers[side]] - CENTRES[drivers[side]]).to_numpy()
        level = INVESTMENT_CENTRE + INVESTMENT_SPREAD * (
            0.6 * pull + 0.8 * rng.standard_normal(len(quality))
        )
        noise = rng.normal(0, INVESTMENT_NOISE, (len(quality), len(items)))
        for item, column in zip(items, np.rint(level[:, None] + noise).T, strict=True):
            ratings[f"{side}_{item}"] = np.clip(column, 1, 7)
    return ratings


def tenure_years(since: pd.Series, at: pd.Timestamp) -> pd.Series:
    """Return the years from the first day as a customer to a date."""
    return pd.Series((at - since).dt.days / DAYS_A_YEAR)


def periods(
    accounts: pd.DataFrame,
    quality: pd.DataFrame,
    calendar: pd.DataFrame,
    effects: Mapping[str, Effects],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the renewals and margins of contract customers, and the truth behind them.

    The wave before a period drives what happens in it. An account that leaves at the end of
    a period has no later rows. The last period is open: no decision and no money yet.
    """
    contract = accounts[accounts["has_contract"]].reset_index(drop=True)
    own_level = pd.Series(rng.normal(0, ACCOUNT_SPREAD, len(contract)), index=contract.index)
    active = pd.Series(True, index=contract.index)
    seen, true = [], []
    for year in calendar.to_dict("records"):
        here = contract[active]
        felt = quality[quality["wave"] == year["wave"]].set_index("account_id")
        points = felt.loc[here["account_id"]].set_index(here.index)
        tenure = tenure_years(here["customer_since"], year["start"])
        probability = _stay_probability(effects["retention"], points, tenure)
        expected = _log_margin(effects["log_margin"], points, here["employees"])
        log_margin = expected + own_level[here.index]
        stayed = pd.Series(rng.random(len(here)) < probability, index=here.index)
        key = {"account_id": here["account_id"], "period": year["period"]}
        money = _money(np.exp(log_margin + rng.normal(0, PERIOD_SPREAD, len(here))), rng)
        when = {"start": year["start"], "end": year["end"], "offered_renewal": True}
        truth = {"stay_probability": probability, "expected_log_margin": log_margin}
        seen.append(pd.DataFrame({**key, **when, "stayed": stayed, **money}))
        true.append(pd.DataFrame({**key, **truth}))
        active &= stayed.reindex(active.index, fill_value=False)
    table = pd.concat(seen, ignore_index=True)
    return _with_open_period(table), pd.concat(true, ignore_index=True)


def _stay_probability(effects: Effects, points: pd.DataFrame, tenure: pd.Series) -> pd.Series:
    odds = LOG_ODDS_AT_CENTRE + effects["tenure"] * tenure + _of_quality(effects, points)
    return pd.Series(1 / (1 + np.exp(-odds)))


def _log_margin(effects: Effects, points: pd.DataFrame, employees: pd.Series) -> pd.Series:
    size = effects["size"] * np.log10(employees)
    return pd.Series(LOG_MARGIN_AT_CENTRE + size + _of_quality(effects, points))


def _of_quality(effects: Effects, points: pd.DataFrame) -> pd.Series:
    """Add up the effects of quality; tenure and size, which are no quality, come apart."""
    rated = [name for name in effects if name in CENTRES]
    above = points[rated] - pd.Series(CENTRES)[rated]
    return pd.Series(above @ pd.Series(effects)[rated])


def _with_open_period(table: pd.DataFrame) -> pd.DataFrame:
    table = table.astype({"offered_renewal": "boolean", "stayed": "boolean"})
    is_open = table["period"] == table["period"].max()
    unknown = ["stayed", "revenue", "margin", "cost_to_serve"]
    table[unknown] = table[unknown].mask(is_open)
    return table


def _money(net: pd.Series, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Split a net margin into revenue, margin and cost to serve, in whole thousands of yen."""
    service = net * rng.uniform(*SERVICE_SHARE, len(net))
    revenue = (net + service) / rng.uniform(*MARGIN_RATE, len(net))
    thousands = {"revenue": revenue, "margin": net + service, "cost_to_serve": service}
    return {name: (amount / 1000).round() * 1000 for name, amount in thousands.items()}


def transactions(
    accounts: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the orders of customers without a contract, who stop without a word."""
    free = accounts.loc[~accounts["has_contract"], "account_id"]
    horizon = (last - first).days
    days, amounts = [], []
    for _ in free:
        begins = rng.uniform(0, horizon / 4)
        ends = min(horizon, begins + 7 * rng.exponential(1 / DROPOUT_A_WEEK))
        pace = 7 * rng.uniform(*ORDERS_A_WEEK)
        times = begins + np.concatenate([[0.0], np.cumsum(rng.exponential(pace, 400))])
        times = times[times <= ends]
        typical = rng.normal(12.5, 0.7)
        amounts.append(np.rint(np.exp(typical + rng.normal(0, 0.4, len(times))) / 1000) * 1000)
        days.append(np.floor(times))
    if not days:
        return pd.DataFrame(columns=["order_id", "account_id", "ordered_on", "amount"])
    table = pd.DataFrame(
        {
            "account_id": free.repeat([len(own) for own in days]).to_numpy(),
            "ordered_on": first + pd.to_timedelta(np.concatenate(days), unit="D"),
            "amount": np.concatenate(amounts),
        }
    ).sort_values(["ordered_on", "account_id"], ignore_index=True)
    table.insert(0, "order_id", [f"O-{number:06d}" for number in range(1, len(table) + 1)])
    return table
