"""The simulated company as a Japanese sales office knows it: its codes, its words, its columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

import kamlab as kl

SEED = 6
ACCOUNTS = 60
QUARTER = pd.Timedelta(days=91)
SECTIONS = ("営業一課", "営業二課", "営業三課")
FAMILIES = ("部品", "保守", "消耗品")
LOG_BEGINS = pd.Timestamp("2024-04-01")


@dataclass(frozen=True)
class Office:
    """The tables of `kl.simulate_company`, with the office's own codes.

    Parameters
    ----------
    exported : Timestamp
        The day of the export.
    tables : dict of str to DataFrame
    draw : Generator
        Whims of those who type; the same export has the same ones.
    """

    exported: pd.Timestamp
    tables: dict[str, pd.DataFrame]
    draw: np.random.Generator

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]


def first_export() -> Office:
    """Return the office on 10 April 2026."""
    company = kl.simulate_company(n_accounts=ACCOUNTS, seed=SEED)
    draw = np.random.default_rng(SEED)
    tables = {name: _in_their_codes(frame) for name, frame in company.tables.items()}
    tables["accounts"] = _with_sections(tables["accounts"])
    log = tables["interactions"]
    tables["interactions"] = log[log["occurred_on"] >= LOG_BEGINS].reset_index(drop=True)
    tables["transactions"] = _with_returns(tables["transactions"], draw)
    return Office(pd.Timestamp("2026-04-10"), tables, draw)


def next_export() -> Office:
    """Return the office a quarter later: three months of orders and activities more.

    They repeat those of the quarter before, 91 days later.
    """
    office = first_export()
    tables = dict(office.tables)
    for name, key, day in (
        ("transactions", "order_id", "ordered_on"),
        ("interactions", "interaction_id", "occurred_on"),
    ):
        frame = tables[name]
        recent = frame[frame[day] > frame[day].max() - QUARTER]
        new = recent.assign(**{day: recent[day] + QUARTER, key: recent[key].str.replace("-", "-9")})
        tables[name] = pd.concat([frame, new], ignore_index=True)
    return replace(office, exported=pd.Timestamp("2026-07-10"), tables=tables)


def code(account_id: str) -> str:
    """Return the office's code of a customer: six digits that begin with zeros."""
    return f"{100 + 7 * int(account_id.removeprefix('A-')):06d}"


def closed_revenue(periods: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return revenue of the last closed year and its change, by customer."""
    closed = periods.pivot_table(index="account_id", columns="period", values="revenue")
    before, last = closed.columns[-2:]
    change = (closed[last] - closed[before]).dropna()
    return {"last": closed[last].dropna().to_dict(), "change": change.to_dict()}


def _in_their_codes(frame: pd.DataFrame) -> pd.DataFrame:
    changed = frame.assign(account_id=frame["account_id"].map(code))
    if "respondent_id" in frame:
        parts = frame["respondent_id"].str.extract(r"(A-\d+)-R(\d+)")
        changed["respondent_id"] = parts[0].map(code) + "-" + parts[1]
    return changed


def _with_sections(accounts: pd.DataFrame) -> pd.DataFrame:
    managers = sorted(accounts["manager"].unique())
    section = {name: SECTIONS[at % len(SECTIONS)] for at, name in enumerate(managers)}
    return accounts.assign(section=accounts["manager"].map(section))


def _with_returns(orders: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    """Add product families, and send a part of one order in thirty back two weeks later."""
    orders = orders.assign(
        product_family=draw.choice(FAMILIES, size=len(orders), p=[0.5, 0.2, 0.3])
    )
    sent_back = orders.iloc[::30]
    returns = sent_back.assign(
        order_id=sent_back["order_id"] + "-R",
        ordered_on=sent_back["ordered_on"] + pd.Timedelta(days=14),
        amount=-(sent_back["amount"] / 2).round(-3),
    )
    return pd.concat([orders, returns]).sort_values("ordered_on", ignore_index=True)
