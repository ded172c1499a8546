"""How many key accounts a firm and its managers can hold: `plan_capacity` and its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.claims import Claim
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.results import Result
from kamlab.selection.arguments import is_whole
from kamlab.selection.customers import has_left, key_today
from kamlab.selection.pictures import draw_ranges
from kamlab.selection.selection import Selection
from kamlab.selection.workload import (
    ASSUMPTIONS,
    PRACTICE,
    Given,
    Hours,
    read_assumptions,
    three_cases,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ["kind", "term", "value", "low", "high", "status", "source"]


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Capacity(Result):
    """How many key accounts can be looked after; made by `plan_capacity`.

    Attributes
    ----------
    n_accounts : int
    managers, n_key : int or None
        None where not known.
    assumptions : mapping of str to Claim
        Value, lowest and highest of each.
    """

    n_accounts: int
    managers: int | None
    n_key: int | None
    assumptions: Mapping[str, Claim]

    @property
    def title(self) -> Text:
        """For how many accounts it is."""
        return say("selection.capacity_title", count=self.n_accounts)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The quantities in words."""
        names = (*ASSUMPTIONS, *self._computed(), *PRACTICE)
        return {name: say(f"selection.quantity_{name}") for name in names}

    @property
    def notes(self) -> tuple[Text, ...]:
        """What low and high are, and the assumptions' standing."""
        notes = [say("selection.capacity_note")]
        if self.managers is None:
            notes.append(say("selection.no_managers_note"))
        return tuple(notes)

    def _computed(self) -> dict[str, tuple[float, float, float]]:
        """Return every quantity as assumed, at its lowest and at its highest."""
        cases = three_cases(dict(self.assumptions))
        rows = {"key_per_manager": _of(cases, lambda hours: hours.key_per_manager())}
        if self.managers is not None:
            firm = self.n_accounts, self.managers
            rows["key_possible"] = _of(cases, lambda hours: hours.key_possible(*firm))
        if self.n_key is not None:
            chosen = self.n_accounts, self.n_key
            rows["managers_needed"] = _of(cases, lambda hours: hours.managers_needed(*chosen))
        if self.n_key is not None and self.managers is not None:
            each = np.array([self.n_key, self.n_accounts - self.n_key]) / self.managers
            rows["load"] = _of(cases, lambda hours: float(hours.load(*each)))
        return rows

    def tidy(self) -> pd.DataFrame:
        """Return one row per assumption, per quantity that follows, per figure from practice."""
        rows = [
            ("assumption", name, *claim.value, claim.status.value, claim.source)
            for name, claim in self.assumptions.items()
        ]
        rows += [
            ("result", name, *three, "computed", str(say(f"selection.formula_{name}")))
            for name, three in self._computed().items()
        ]
        rows += [
            ("practice", name, np.nan, *claim.value, claim.status.value, claim.source)
            for name, claim in PRACTICE.items()
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    def glance(self) -> pd.DataFrame:
        """Return the firm in one row: accounts, managers, key accounts now and possible."""
        computed = {name: three[0] for name, three in self._computed().items()}
        return pd.DataFrame(
            {
                "n_accounts": [self.n_accounts],
                "n_managers": pd.array([self.managers], dtype="Int64"),
                "n_key": pd.array([self.n_key], dtype="Int64"),
                "key_per_manager": [computed["key_per_manager"]],
                "key_possible": [computed.get("key_possible", np.nan)],
                "managers_needed": [computed.get("managers_needed", np.nan)],
                "load": [computed.get("load", np.nan)],
            }
        )

    def augment(self) -> Never:
        """Raise `NotApplicable`: the plan counts accounts and does not look at each."""
        raise NotApplicable(say("selection.no_accounts_in_plan"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what can be held beside what practice says and what is wanted."""
        per_firm = self.managers is not None
        of = "firm" if per_firm else "manager"
        own = "key_possible" if per_firm else "key_per_manager"
        rows = self.tidy().set_index("term")
        shown = [own, *(name for name in PRACTICE if name.startswith(f"practice_{of}"))]
        table = rows.loc[shown, ["value", "low", "high"]].reset_index()
        if per_firm:
            low, high = (each * (self.managers or 0) for each in PRACTICE["practice_manager"].value)
            table.loc[len(table)] = ["practice_manager", np.nan, low, high]
        labels = [self.term_labels[name] for name in table["term"]]
        if per_firm:
            words = {"label": labels[-1], "managers": self.managers}
            labels[-1] = say("selection.times_managers", **words)
        return draw_ranges(
            table,
            labels=labels,
            wanted=self.n_key if per_firm else None,
            title=say(f"selection.capacity_plot_{of}", managers=self.managers),
            axis=say(f"selection.capacity_axis_{of}"),
            ax=ax,
        )

    def report(self) -> str:
        """Say how many key accounts can be looked after, and what those wanted ask for."""
        computed = self._computed()
        hours = three_cases(dict(self.assumptions))[0]
        sentences = [
            say(
                "selection.capacity_manager",
                hours=f"{hours.available:,.0f}",
                key_hours=f"{hours.key:g}",
                count=f"{computed['key_per_manager'][0]:g}",
                **_bounds(computed["key_per_manager"]),
            )
        ]
        if "key_possible" in computed:
            sentences.append(
                say(
                    "selection.capacity_firm",
                    managers=self.managers,
                    accounts=self.n_accounts,
                    other=f"{hours.other:g}",
                    count=f"{computed['key_possible'][0]:g}",
                    **_bounds(computed["key_possible"]),
                )
            )
        if "managers_needed" in computed:
            sentences.append(
                say(
                    "selection.capacity_needed",
                    n_key=self.n_key,
                    count=f"{computed['managers_needed'][0]:g}",
                    **_bounds(computed["managers_needed"]),
                )
            )
        if "load" in computed:
            sentences.append(say("selection.capacity_load", load=f"{computed['load'][0]:.0%}"))
        return str(paragraph([*sentences, *self.notes]))


def plan_capacity(
    accounts: int | Company | Selection,
    *,
    managers: int | None = None,
    n_key: int | None = None,
    hours_a_year: Given | None = None,
    share_for_accounts: Given | None = None,
    hours_key_account: Given | None = None,
    hours_other_account: Given | None = None,
) -> Capacity:
    """Say how many key accounts a manager and a firm can look after.

    Parameters
    ----------
    accounts : int, Company or Selection
        How many accounts there are. A company brings its accounts that are still customers,
        its managers and its key accounts of today; a selection those that it chose.
    managers : int, optional
        How many account managers there are.
    n_key : int, optional
        How many key accounts are wanted.
    hours_a_year, share_for_accounts : float or pair of float, optional
        Working hours of a manager a year, and the share of them that is for customers; a pair
        is the lowest and the highest plausible value. kamlab's own assumption if left out.
    hours_key_account, hours_other_account : float or pair of float, optional
        Hours that a key account, and any other account, needs a year.

    Returns
    -------
    Capacity
        `tidy()` one row per assumption, result and figure from practice, each with its lowest
        and highest value, its status and its source.

    Raises
    ------
    ArgumentError
        If a count or an assumption cannot be: all that is wrong at once.

    Notes
    -----
    A manager has `a = hours a year x share` hours. With k hours for a key account and o for
    any other: a manager with nothing else holds `a / k` key accounts; M managers with N
    accounts hold K of them as key accounts where `K k + (N - K) o = M a`, so
    `K = (M a - N o) / (k - o)`, rounded down and kept from 0 to N; K key accounts need
    `(K k + (N - K) o) / a` managers, rounded up. Lowest and highest come from the two extreme
    combinations of the assumptions. All four assumptions are our design: put in your own.

    Examples
    --------
    >>> plan = kl.plan_capacity(
    ...     100, managers=5, hours_a_year=1500, share_for_accounts=0.8,
    ...     hours_key_account=240, hours_other_account=40,
    ... )  # fmt: skip
    >>> plan.glance()[["key_per_manager", "key_possible"]].iloc[0].tolist()
    [5.0, 10.0]
    """
    if not isinstance(accounts, int | np.integer | Company | Selection):
        got = type(accounts).__name__
        raise ArgumentError(say("selection.capacity_needs_accounts", got=got))
    known = _counted(accounts)
    counts = {
        "accounts": known[0],
        "managers": known[1] if managers is None else managers,
        "n_key": known[2] if n_key is None else n_key,
    }
    _check_counts(counts)
    given = {
        "hours_a_year": hours_a_year,
        "share_for_accounts": share_for_accounts,
        "hours_key_account": hours_key_account,
        "hours_other_account": hours_other_account,
    }
    return Capacity(
        n_accounts=known[0],
        managers=counts["managers"],
        n_key=counts["n_key"],
        assumptions=read_assumptions(given),
    )


def _counted(accounts: int | Company | Selection) -> tuple[int, int | None, int | None]:
    """Return how many accounts, managers and key accounts there are, as far as it is known."""
    if isinstance(accounts, Selection):
        return len(accounts.accounts), _n_managers(accounts.accounts), len(accounts.members)
    if isinstance(accounts, Company):
        here = accounts.accounts[~has_left(accounts)]
        key = key_today(here)
        return len(here), _n_managers(here), None if key is None else int(key.sum())
    return int(accounts), None, None


def _n_managers(rows: pd.DataFrame) -> int | None:
    return (int(rows["manager"].nunique()) or None) if "manager" in rows else None


def _check_counts(counts: Mapping[str, int | None]) -> None:
    for name, count in counts.items():
        least = 1 if name == "managers" else 0
        if count is not None and not (is_whole(count) and count >= least):
            raise ArgumentError(say("selection.bad_count", name=name, got=repr(count), least=least))
    if counts["n_key"] is not None and counts["n_key"] > (counts["accounts"] or 0):
        raise ArgumentError(say("selection.more_key_than_accounts", **counts))


def _of(
    cases: tuple[Hours, Hours, Hours], quantity: Callable[[Hours], float]
) -> tuple[float, float, float]:
    value, *extremes = (float(quantity(hours)) for hours in cases)
    return value, min(extremes), max(extremes)


def _bounds(three: tuple[float, float, float]) -> dict[str, str]:
    return {"low": f"{three[1]:g}", "high": f"{three[2]:g}"}
