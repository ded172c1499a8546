"""Customers without contract: CDNOW."""

from __future__ import annotations

from functools import cache
from typing import Literal

import pandas as pd

from kamlab.accounts.samples import load
from kamlab.reproduction.computations.lookup import number_at
from kamlab.value.purchases.fit import fit_purchases
from kamlab.value.purchases.model import PurchaseModel
from kamlab.value.purchases.spend import fit_spend
from kamlab.value.purchases.spend_model import SpendModel


@cache
def _table(name: str) -> pd.DataFrame:
    data = load(name)
    assert isinstance(data, pd.DataFrame)
    return data


@cache
def _fit(model: Literal["bgnbd", "paretonbd"]) -> PurchaseModel:
    return fit_purchases(_table("cdnow"), model)


@cache
def _spend() -> SpendModel:
    return fit_spend(_table("cdnow_spend"), averaged="repeat")


def purchases_estimate(model: Literal["bgnbd", "paretonbd"], term: str) -> float:
    """Return a parameter of a model of purchases, fitted to CDNOW."""
    return number_at(_fit(model).tidy(), "estimate", term=term)


def purchases_loglik(model: Literal["bgnbd", "paretonbd"]) -> float:
    """Return the log-likelihood of a model of purchases, fitted to CDNOW."""
    return float(_fit(model).loglik)


def spend_estimate(term: str) -> float:
    """Return a parameter of the Gamma-Gamma model of spend, fitted to CDNOW."""
    return number_at(_spend().tidy(), "estimate", term=term)


def customers_of_cdnow(repeat: Literal["all", "none"]) -> float:
    """Return how many customers there are, or how many of them never came back."""
    frequency = _table("cdnow")["frequency"]
    return float(len(frequency) if repeat == "all" else (frequency == 0).sum())


def spenders_of_cdnow(what: Literal["count", "mean", "max"]) -> float:
    """Return a figure of the mean repeat purchases of those who came back."""
    table = _table("cdnow_spend")
    means = table.loc[table["frequency"] > 0, "mean_order_value"].to_numpy(dtype=float)
    return float({"count": len(means), "mean": means.mean(), "max": means.max()}[what])


COMPUTATIONS = {
    function.__name__: function
    for function in (
        purchases_estimate,
        purchases_loglik,
        spend_estimate,
        customers_of_cdnow,
        spenders_of_cdnow,
    )
}
