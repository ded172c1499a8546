"""How many accounts people can look after, over numbers and arrays."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, say
from kamlab.selection.arguments import listed

ROUNDING = 1e-9
"""How far the rounding of a quotient may keep it from the whole number that it is."""

Given = float | tuple[float, float]
"""An assumption of the user's: a number, or its lowest and highest plausible value."""

YOURS = "given by the user"


@dataclass(frozen=True, slots=True)
class Hours:
    """What work the accounts ask for and what time there is for it.

    Attributes
    ----------
    a_year : float
        Working hours of one manager a year.
    share : float
        The share of them that is for customers.
    key, other : float
        Hours that a key account, and any other account, needs a year.
    """

    a_year: float
    share: float
    key: float
    other: float

    @property
    def available(self) -> float:
        """Hours that one manager has for customers a year: `a_year * share`."""
        return self.a_year * self.share

    def key_per_manager(self) -> int:
        """Return how many key accounts a manager with nothing else can hold: `available / key`."""
        return _whole(self.available / self.key)

    def key_possible(self, n_accounts: int, managers: int) -> int:
        """Return how many of the accounts can be key accounts: `(M a - N o) / (k - o)`.

        M managers have `M a` hours; all N accounts need the hours o of an ordinary one; what is
        left is enough for so many times the `k - o` hours by which a key account needs more.
        """
        left = managers * self.available - n_accounts * self.other
        return min(max(_whole(left / (self.key - self.other)), 0), n_accounts)

    def managers_needed(self, n_accounts: int, n_key: int) -> int:
        """Return how many managers the accounts need: `(K k + (N - K) o) / a`, rounded up."""
        needed = n_key * self.key + (n_accounts - n_key) * self.other
        return ceil(needed / self.available - ROUNDING)

    def load(self, n_key: NDArray[np.float64], n_other: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the hours that accounts need as a share of those that one manager has."""
        return np.asarray((n_key * self.key + n_other * self.other) / self.available)


ASSUMPTIONS = {
    "hours_a_year": Claim(
        (1800.0, 1700.0, 1900.0),
        Status.DESIGN,
        "kamlab: a full-time year",
        "hours",
    ),
    "share_for_accounts": Claim(
        (0.65, 0.50, 0.80), Status.DESIGN, "kamlab: the rest is meetings, travel, reports", "share"
    ),
    "hours_key_account": Claim(
        (280.0, 220.0, 340.0),
        Status.DESIGN,
        "kamlab: a manager with nothing else then holds four, the most that kam.org allows",
        "hours",
    ),
    "hours_other_account": Claim(
        (28.0, 15.0, 45.0), Status.DESIGN, "kamlab: a tenth of a key account", "hours"
    ),
}
"""Value, lowest and highest of each assumption."""

PRACTICE = {
    "practice_firm_a": Claim((15, 30), Status.PUBLISHED, "malcolm-mcdonald.com: ideally 15 to 30"),
    "practice_firm_b": Claim(
        (15, 35), Status.SECONDARY, "sellingpower.com, 2010: 15 to 35, more than 50 far too many"
    ),
    "practice_manager": Claim(
        (1, 4), Status.SECONDARY, "kam.org: a manager holds one to fewer than five"
    ),
}
"""What practice says: key accounts a firm (twice) and a manager."""


def read_assumptions(given: dict[str, Given | None]) -> dict[str, Claim]:
    """Return every assumption with its source: the user's where there is one.

    Raises
    ------
    ArgumentError
        With all that is wrong with them.
    """
    problems: list[Text] = []
    claims = {}
    for name, default in ASSUMPTIONS.items():
        own = given.get(name)
        claims[name] = default if own is None else _yours(name, own, default.unit, problems)
    if not problems:
        problems = _contradictions({name: claim.value for name, claim in claims.items()})
    if problems:
        raise ArgumentError(say("selection.bad_assumptions", problems=listed(problems)))
    return claims


def three_cases(assumptions: dict[str, Claim]) -> tuple[Hours, Hours, Hours]:
    """Return the hours as assumed, in the worst and in the best case.

    The worst has the least time and the most work for each account; all numbers of `Hours` fall
    or rise with each assumption, so these two cases bound them.
    """
    value = [assumptions[name].value for name in ASSUMPTIONS]
    time, work = value[:2], value[2:]
    as_assumed = Hours(*(one[0] for one in value))
    worst = Hours(*(one[1] for one in time), *(one[2] for one in work))
    best = Hours(*(one[2] for one in time), *(one[1] for one in work))
    return as_assumed, worst, best


def _yours(name: str, own: Given, unit: str, problems: list[Text]) -> Claim:
    try:
        low, high = own if isinstance(own, tuple | list) else (own, own)
        low, high = float(low), float(high)
    except (TypeError, ValueError):
        problems.append(say("selection.not_a_range", name=name, got=repr(own)))
        return Claim((np.nan, np.nan, np.nan), Status.DESIGN, YOURS, unit)
    if not low <= high:
        problems.append(say("selection.not_a_range", name=name, got=repr(own)))
    return Claim(((low + high) / 2, low, high), Status.DESIGN, YOURS, unit)


def _contradictions(values: dict[str, tuple[float, float, float]]) -> list[Text]:
    problems = []
    if not 0 < values["hours_a_year"][1] <= values["hours_a_year"][2] <= 8784:
        problems.append(say("selection.bad_hours_a_year"))
    if not 0 < values["share_for_accounts"][1] <= values["share_for_accounts"][2] <= 1:
        problems.append(say("selection.bad_share"))
    if not values["hours_other_account"][1] >= 0:
        problems.append(say("selection.bad_hours_other"))
    if not values["hours_other_account"][2] < values["hours_key_account"][1] < np.inf:
        problems.append(say("selection.bad_hours_key"))
    return problems


def _whole(number: float) -> int:
    return floor(number + ROUNDING)
