"""Purchases without a contract beside `lifetimes`, and the chain from trust to money."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from math import log
from typing import TYPE_CHECKING

from clock import readable, seconds

if TYPE_CHECKING:
    import pandas as pd

CUSTOMERS = 1_000_000
WEEKS = 78
CHAIN_ACCOUNTS, CHAIN_DRAWS, CHAIN_TARGET = 600, 1_000, 10.0
SAME_LOGLIK = 1e-4


@dataclass(frozen=True)
class Case:
    """One model on one table, and by how much `lifetimes` is to be slower."""

    model: str
    peer: str
    customers: int | None
    target: float
    runs: int


CASES = (
    Case("bgnbd", "BetaGeoFitter", None, 8.0, 7),
    Case("paretonbd", "ParetoNBDFitter", None, 15.0, 7),
    Case("bgnbd", "BetaGeoFitter", CUSTOMERS, 20.0, 1),
)


def compare() -> None:
    """Print one line a case, then the chain."""
    import kamlab as kl

    has_peer = find_spec("lifetimes") is not None
    if not has_peer:
        print("lifetimes left out: it is not installed (`make bench` installs it)")
    for case in CASES:
        table = kl.load("cdnow") if case.customers is None else many_customers(case.customers)
        ours = seconds(lambda c=case, t=table: kl.fit_purchases(t, c.model).tidy(), case.runs)
        said = [f"kamlab, with standard errors, {readable(ours)}"]
        if has_peer:
            theirs = seconds(lambda c=case, t=table: peer_loglik(c, t), case.runs)
            verdict = "reached" if theirs / ours >= case.target else "MISSED"
            ratio = f"({theirs / ours:.1f}x, target {case.target:g}x {verdict})"
            said.append(f"lifetimes {readable(theirs)} {ratio}")
            own = kl.fit_purchases(table, case.model).glance()["loglik"].item()
            if own < (other := peer_loglik(case, table)) - SAME_LOGLIK * abs(other):
                said.append(f"NOT THE SAME FIT: log-likelihood {own:.2f}, lifetimes {other:.2f}")
        print(f"{case.model}, {len(table):,} customers: {'; '.join(said)}")
    chain()


def peer_loglik(case: Case, table: pd.DataFrame) -> float:
    """Fit by `lifetimes`; BetaGeoFitter makes standard errors too, ParetoNBDFitter has none."""
    import lifetimes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = getattr(lifetimes, case.peer)()
        fitter.fit(table["frequency"], table["recency"], table["T"])
    # Its time is scaled, which every purchase enters once; BetaGeoFitter gives a mean.
    least = fitter._negative_log_likelihood_ * (1 if case.peer == "ParetoNBDFitter" else len(table))
    return float(log(fitter._scale) * table["frequency"].sum() - least)


def many_customers(count: int) -> pd.DataFrame:
    """Return customers in whole weeks, simulated by the BG/NBD model."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    pace = rng.gamma(0.24, 1 / 4.4, count)
    leaving = rng.beta(0.79, 2.43, count)
    first = rng.integers(0, WEEKS // 3, count)
    length = (WEEKS - first).astype(float)
    frequency, recency, now = np.zeros((3, count))
    here = np.arange(count)
    while len(here):
        now[here] += rng.exponential(1 / pace[here])
        here = here[now[here] <= length[here]]
        frequency[here] += 1
        recency[here] = now[here]
        here = here[rng.random(len(here)) >= leaving[here]]
    weeks = np.where(frequency > 0, np.maximum(1, np.ceil(recency)), 0)
    frame = {"frequency": np.minimum(frequency, weeks), "recency": weeks, "T": length}
    return pd.DataFrame(frame).assign(account_id=np.arange(count).astype(str))


def chain() -> None:
    """Time the whole chain: both regressions and the correction, anew in every draw."""
    import kamlab as kl

    company = kl.simulate_company(n_accounts=CHAIN_ACCOUNTS, seed=3)
    error, rows = kl.score_error(company), kl.analysis_table(company)
    stay = kl.fit_retention("stayed ~ trust + commitment + tenure", rows, error=error)
    worth = kl.fit_value("log(ltv) ~ trust + commitment + size", rows, error=error)

    def work() -> object:
        return kl.value_of_quality(stay, worth, raise_by={"trust": 1}, n_boot=CHAIN_DRAWS)

    took = seconds(work, 3)
    verdict = "reached" if took < CHAIN_TARGET else "MISSED"
    accounts = rows["account_id"].nunique()
    print(
        f"chain, {accounts} accounts with contract, {CHAIN_DRAWS} draws: {readable(took)} "
        f"(target {CHAIN_TARGET:g} s {verdict})"
    )
