"""Contacts and dated events that follow from the hidden relationship."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlab.accounts.simulation.truth import CENTRES

FAMILY_NAMES = ("阿部", "石川", "上田", "遠藤", "岡田", "加藤", "木村", "小林", "斎藤", "清水")
FUNCTIONS = ("購買", "製造", "開発", "品質", "経営企画")
BUYING_ROLES = ("initiator", "user", "influencer", "buyer", "decider", "gatekeeper")
MOST_CONTACTS = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """How often an event happens in a year, and the construct that makes it more frequent."""

    name: str
    direction: str
    a_year: float
    driver: str
    slope: float


KINDS = (
    Kind("meeting", "outbound", 3.0, "communication", 0.25),
    Kind("proposal", "outbound", 1.2, "communication", 0.15),
    Kind("lost_deal", "inbound", 0.5, "trust", -0.20),
    Kind("re_proposal", "outbound", 0.4, "trust", 0.30),
    Kind("introduction", "inbound", 0.3, "commitment", 0.40),
    Kind("complaint", "inbound", 0.5, "satisfaction", -0.45),
    Kind("inbound_after_silence", "inbound", 0.15, "trust", 0.30),
    Kind("request_for_proposal", "inbound", 0.4, "trust", 0.35),
    Kind("instruction", "inbound", 1.0, "communication", -0.25),
)
"""Events a year and log-rate slopes per point; none of the numbers is from data."""
ANSWERED = ("proposal", "re_proposal")
OUTCOMES = ("accepted", "deferred", "refused")


def contacts(
    accounts: pd.DataFrame, quality: pd.DataFrame, last_days: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the persons known at each account; trust makes supporters.

    `last_days` holds, by account, the last day on which somebody can have been met.
    """
    counts = np.minimum(1 + rng.poisson(1.5, len(accounts)), MOST_CONTACTS)
    people = pd.DataFrame({"account_id": np.repeat(accounts["account_id"].to_numpy(), counts)})
    n = len(people)
    trust = people["account_id"].map(quality.set_index("account_id")["trust"]).to_numpy()
    warmth = (trust - CENTRES["trust"]) + rng.normal(0, 1, n)
    people.insert(0, "contact_id", [f"C-{number:05d}" for number in range(1, n + 1)])
    return people.assign(
        name=np.array(FAMILY_NAMES)[rng.integers(0, len(FAMILY_NAMES), n)],
        function=np.array(FUNCTIONS)[rng.integers(0, len(FUNCTIONS), n)],
        buying_role=np.array(BUYING_ROLES)[rng.integers(0, len(BUYING_ROLES), n)],
        stance=np.select([warmth > 0.5, warmth < -0.8], ["supporter", "sceptic"], "neutral"),
        influence=rng.integers(1, 6, n).astype(float),
        last_contact=people["account_id"].map(last_days)
        - pd.to_timedelta(rng.integers(0, 400, n), unit="D"),
    )


def interactions(
    spans: pd.DataFrame, quality: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return dated events of every account and year that it was a customer.

    Parameters
    ----------
    spans : DataFrame
        `account_id`, `wave`, `start`, `end`: the years in which events can happen.
    quality : DataFrame
        True quality by account and wave.
    rng : Generator
    """
    felt = spans.merge(quality, on=["account_id", "wave"])
    events = pd.concat([_events(felt, kind, rng) for kind in KINDS], ignore_index=True)
    events = events.sort_values(["occurred_on", "account_id", "kind"], ignore_index=True)
    events.insert(0, "interaction_id", [f"I-{n:06d}" for n in range(1, len(events) + 1)])
    return events


def _events(felt: pd.DataFrame, kind: Kind, rng: np.random.Generator) -> pd.DataFrame:
    above = felt[kind.driver] - CENTRES[kind.driver]
    counts = rng.poisson(kind.a_year * np.exp(kind.slope * above))
    rows = felt.loc[felt.index.repeat(counts)].reset_index(drop=True)
    days = (rows["end"] - rows["start"]).dt.days.to_numpy()
    offset = pd.to_timedelta(np.floor(rng.random(len(rows)) * (days + 1)), unit="D")
    outcome = _outcomes(rows["trust"], rng) if kind.name in ANSWERED else "none"
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "occurred_on": rows["start"] + offset,
            "kind": kind.name,
            "direction": kind.direction,
            "outcome": outcome,
        }
    )


def _outcomes(trust: pd.Series, rng: np.random.Generator) -> np.ndarray:
    warmth = 0.6 * (trust - CENTRES["trust"]) + rng.logistic(0, 1, len(trust))
    return np.select([warmth > 0.7, warmth > -0.3], OUTCOMES[:2], OUTCOMES[2])
