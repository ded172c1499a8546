"""Would the model have foreseen what came: `validate_purchases`."""

from __future__ import annotations

import pandas as pd

from kamlab.accounts.orders.calendar import DAYS, ORIGIN, check_days, day_number
from kamlab.accounts.orders.frames import read_orders
from kamlab.accounts.orders.summarise import summarise_transactions
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.foundation.lent import frozen
from kamlab.foundation.level import tails
from kamlab.value.purchases.fit import ModelName, fit_purchases
from kamlab.value.purchases.holdout_result import PurchaseValidation, redrawn

DRAWS = 1000


def validate_purchases(
    transactions: pd.DataFrame,
    *,
    split: pd.Timestamp | str,
    model: ModelName = "bgnbd",
    period: str = "W",
    account: str = "account_id",
    date: str = "ordered_on",
    amount: str = "amount",
    n_boot: int = DRAWS,
    seed: int = 0,
    conf_level: float = 0.95,
) -> PurchaseValidation:
    """Fit a model of purchases to the orders up to a day, and forecast those after it.

    Parameters
    ----------
    transactions : DataFrame
        One row an order.
    split : date
        The last day that the model may see; with weeks, the Sunday of that day's week.
    model : {"bgnbd", "mbgnbd", "paretonbd"}
    period : {"W", "D"}
        Weeks or days; orders within one count as one purchase.
    account, date, amount : str
        Columns, as of `kl.summarise_transactions`.
    n_boot : int, default 1000
        Draws of accounts for the intervals.
    seed : int, default 0
    conf_level : float, default 0.95

    Returns
    -------
    PurchaseValidation
        `tidy()` how good the forecast was, beside "as often as before"; `by_frequency()`.

    Raises
    ------
    ArgumentError
        If the split is no date or leaves no orders on one of its sides, or as
        `kl.summarise_transactions`.
    DataError
        As `kl.summarise_transactions`.
    NotApplicable
        As `fit_purchases`.

    Notes
    -----
    The baseline forecasts `frequency / T` purchases a period. Intervals are percentiles over
    redrawn accounts, with the model as it was fitted once.

    Examples
    --------
    >>> orders = kl.sample_company().transactions
    >>> check = kl.validate_purchases(orders, split="2025-03-31").tidy().set_index("term")
    >>> bool(check.loc["mae", "estimate"] < check.loc["mae_baseline", "estimate"])
    True
    """
    tails(conf_level)
    check_days(period, split=split)
    orders = read_orders(transactions, account, date, amount)
    index = (orders["ordered_on"] - ORIGIN).dt.days // DAYS[period]
    last_day = pd.Timestamp(split).normalize()
    last_index = day_number(last_day) // DAYS[period]
    before = index <= last_index
    periods = int(index.max() - last_index) if len(index) else 0
    if not before.any() or periods < 1:
        raise ArgumentError(say("value.purchases_split", split=last_day.date()))
    end = ORIGIN + pd.Timedelta(days=(last_index + 1) * DAYS[period] - 1)
    seen = summarise_transactions(orders[before], period=period, end=end)
    fit = fit_purchases(seen, model, conf_level=conf_level)
    later = orders.loc[~before, "account_id"]
    bought = index[~before].groupby(later).nunique()
    accounts = fit.augment(periods)
    accounts["actual_purchases"] = accounts["account_id"].map(bought).fillna(0).astype(int)
    rate = accounts["frequency"] / accounts["T"].where(accounts["T"] > 0, 1.0)
    accounts["baseline_purchases"] = rate * periods
    return PurchaseValidation(
        fit=fit,
        accounts=accounts,
        draws=frozen(redrawn(accounts, n_boot, seed)),
        periods=periods,
        split=end,
        n_new=int((~bought.index.isin(seen["account_id"])).sum()),
        conf_level=conf_level,
    )
