"""A simulated company of which all is known: renewals and margins can be drawn anew."""

from functools import cache, lru_cache

import numpy as np
import pandas as pd

import kamlab as kl
from kamlab.accounts.simulation import business
from kamlab.accounts.simulation.effects import USUAL
from kamlab.accounts.simulation.truth import CENTRES
from kamlab.panel.analysis_table import DAYS_A_YEAR

N_ACCOUNTS = 360
N_CROWD = 1000


@cache
def company():
    """A company whose quality never changes from one replication to the next; 300 contracts."""
    return kl.simulate_company(n_accounts=N_ACCOUNTS, seed=1)


@cache
def crowd_trust():
    """True trust of many customers, in points above the middle."""
    quality = kl.simulate_company(n_accounts=N_CROWD, seed=2).truth.quality
    return quality.loc[quality["wave"] == 1, "trust"].to_numpy() - CENTRES["trust"]


@cache
def calendar():
    """The four years that were decided and the open one, which the drawing of renewals needs."""
    years = company().periods[["period", "start", "end"]].drop_duplicates()
    years = years.sort_values("period", ignore_index=True)
    return years.assign(wave=range(1, len(years) + 1))


def _with_terms(rows):
    """Add true quality before the period, tenure and size."""
    accounts = company().accounts[["account_id", "customer_since", "employees"]]
    rows = rows.merge(accounts, on="account_id").merge(calendar()[["period", "wave"]], on="period")
    rows = rows.merge(company().truth.quality, on=["account_id", "wave"])
    rows["tenure"] = (rows["start"] - rows["customer_since"]).dt.days / DAYS_A_YEAR
    rows["size"] = np.log10(rows["employees"])
    return rows.sort_values(["account_id", "period"], ignore_index=True)


@cache
def everybody():
    """Every contract account in every decided year, as if nobody ever left."""
    accounts = company().accounts
    ids = accounts.loc[accounts["has_contract"], ["account_id"]]
    return _with_terms(ids.merge(calendar().iloc[:-1].drop(columns="wave"), how="cross"))


def watched(rows, stayed):
    """Return the rows up to the first after which the account left."""
    left = pd.Series(~np.asarray(stayed, dtype=bool), index=rows.index)
    gone_before = left.astype(int).groupby(rows["account_id"]).cumsum() - left > 0
    return rows.assign(stayed=1.0 - left, decided=True)[~gone_before].reset_index(drop=True)


@lru_cache(maxsize=100)
def redrawn(seed):
    """Return the analysis table of the same accounts after other years: true quality known.

    Renewals and margins follow the company's own rules. Regressions share it, so it must not
    be changed.
    """
    rng = np.random.default_rng(seed)
    accounts, quality = company().accounts, company().truth.quality
    drawn, _ = business.periods(accounts, quality, calendar(), USUAL, rng)
    drawn = drawn[drawn["stayed"].notna()].astype({"stayed": float})
    drawn["net_margin"] = drawn["margin"] - drawn["cost_to_serve"]
    return _with_terms(drawn.assign(decided=True))


def predictor(rows, level, coefficients):
    """Return the linear predictor; `level` is its value in the middle of every scale."""
    return level + sum(
        by * (rows[name].to_numpy() - CENTRES.get(name, 0.0)) for name, by in coefficients.items()
    )


def beside_truth(table, truth, kind, *, logs=(), scale=None):
    """Return estimates beside the truth, one row a term that has one.

    Terms in `logs` are positive and skewed: they and their limits are compared as logarithms.
    `scale` says by term in what units errors are told; 1 if left out.
    """
    found = table.set_index("term").reindex(list(truth))
    found = found[["estimate", "std_error", "conf_low", "conf_high"]]
    found["truth"] = pd.Series(truth, dtype=float)
    for name in logs:
        found.loc[name, "std_error"] /= found.loc[name, "estimate"]
        ends = ["estimate", "conf_low", "conf_high", "truth"]
        with np.errstate(divide="ignore"):
            found.loc[name, ends] = np.log(found.loc[name, ends].astype(float))
    found["scale"] = pd.Series(scale or {}, dtype=float).reindex(found.index).fillna(1.0)
    names = {name: f"log {name}" for name in logs}
    return found.rename(index=names).rename_axis("term").reset_index().assign(kind=kind)
