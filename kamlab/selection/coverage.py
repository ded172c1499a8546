"""Who looks after which account, and where that is thin: `account_coverage` and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.accounts.identity import IDENTITY, identity
from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.nearest import nearest_hint
from kamlab.foundation.results import Result
from kamlab.selection.arguments import is_number
from kamlab.selection.capacity import Capacity
from kamlab.selection.cover import (
    FEWEST_CONTACTS,
    FULL_LOAD,
    REASONS,
    SILENT_DAYS,
    by_manager,
    checkable,
    thin_reasons,
    with_load,
)
from kamlab.selection.customers import has_left, key_today, need_company
from kamlab.selection.labels import column_labels
from kamlab.selection.pictures import draw_cover
from kamlab.selection.selection import Selection
from kamlab.selection.workload import ASSUMPTIONS, Hours, three_cases

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HELD = ("manager", "manager_role", "manager_level")
FACTS = ("n_contacts", "days_since_contact", "revenue")
SHOWN = 3
"""Accounts that the report names."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Coverage(Result):
    """Accounts with who looks after them; made by `account_coverage`.

    Attributes
    ----------
    accounts : DataFrame
        One row per account that is still a customer: who holds it, load, contacts, one
        boolean column `thin_<reason>` per reason, and `thin`.
    unchecked : tuple of str
        Reasons for which columns are missing.
    thresholds : mapping of str to float
        `silent_days`, `fewest_contacts`, `full_load`.
    hours : Hours
        What accounts ask for.
    key_known : bool
        Whether it is known which accounts are key accounts.
    n_gone, n_key_gone : int
        Accounts that are customers no more, and how many of them were given as key accounts.
    """

    accounts: Lent[pd.DataFrame] = Lent()
    unchecked: tuple[str, ...]
    thresholds: Mapping[str, float]
    hours: Hours
    key_known: bool
    n_gone: int
    n_key_gone: int

    @property
    def title(self) -> Text:
        """What is looked at."""
        return say("selection.coverage_title", count=len(self.accounts))

    @property
    def notes(self) -> tuple[Text, ...]:
        """What counts as thin, what could not be checked, who is left out."""
        notes = [
            say(
                "selection.thin_note",
                contacts=self.thresholds["fewest_contacts"],
                days=f"{self.thresholds['silent_days']:g}",
                load=f"{self.thresholds['full_load']:.0%}",
                available=f"{self.hours.available:,.0f}",
                key_hours=f"{self.hours.key:g}",
                other=f"{self.hours.other:g}",
            )
        ]
        if self.unchecked:
            listed = join([self._label(reason) for reason in self.unchecked])
            notes.append(say("selection.unchecked_note", reasons=listed))
        if not self.key_known:
            notes.append(say("selection.key_unknown_note"))
        if self.n_gone:
            notes.append(say("selection.gone_note", count=self.n_gone))
        if self.n_key_gone:
            notes.append(say("selection.chosen_gone", count=self.n_key_gone))
        return tuple(notes)

    @staticmethod
    def _label(reason: str) -> Text:
        return say(f"selection.thin_{reason}")

    def tidy(self) -> pd.DataFrame:
        """Return one row per manager: level, role, accounts, key accounts, revenue held, load.

        The level is the highest at which the manager holds an account; the role is "both"
        where it differs between accounts. Accounts without a manager are the last row.
        """
        return with_labels(by_manager(self.accounts), column_labels(["manager"]))

    def glance(self) -> pd.DataFrame:
        """Return how many accounts have thin cover, in all and by reason."""
        accounts = self.accounts
        counts = {f"n_thin_{reason}": [self._count(reason)] for reason in REASONS}
        table = pd.DataFrame(
            {
                "n_accounts": [len(accounts)],
                "n_key": [int(accounts["key"].sum())],
                "n_managers": [accounts["manager"].nunique()],
                "n_thin": [int(accounts["thin"].sum())],
                **counts,
            }
        )
        return with_labels(table, {f"n_thin_{reason}": self._label(reason) for reason in REASONS})

    def _count(self, reason: str) -> int | None:
        return None if reason in self.unchecked else int(self.accounts[f"thin_{reason}"].sum())

    def augment(self) -> pd.DataFrame:
        """Return one row per account: who holds it, contacts, load, and why cover is thin."""
        accounts = self.accounts
        held = [name for name in (*HELD, "key", *FACTS) if name in accounts]
        flags = [f"thin_{reason}" for reason in REASONS if reason not in self.unchecked]
        load = ["accounts_of_manager", "load"]
        table = pd.concat([identity(accounts), accounts[[*held, *load, "thin", *flags]]], axis=1)
        reasons = [
            str(join([self._label(reason) for reason in REASONS if row[f"thin_{reason}"]]))
            for row in accounts.to_dict("records")
        ]
        words = {f"thin_{reason}": self._label(reason) for reason in REASONS}
        return with_labels(table.assign(reasons=reasons), words | column_labels([*HELD, *FACTS]))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each manager's load, with the part of it that is thin cover."""
        return draw_cover(self.accounts, full_load=self.thresholds["full_load"], ax=ax)

    def report(self) -> str:
        """Say where cover is thin, reason by reason, key accounts first."""
        accounts, whole = self.accounts, self.glance().iloc[0]
        thin_key = accounts[accounts["thin"] & accounts["key"]]
        sentences = [
            say(
                "selection.coverage_report",
                count=len(accounts),
                managers=whole["n_managers"],
                thin=whole["n_thin"],
                n_key=whole["n_key"],
                thin_key=len(thin_key),
            )
        ]
        for reason in REASONS:
            if count := self._count(reason):
                rows = accounts[accounts[f"thin_{reason}"]]
                named = rows.sort_values("key", ascending=False, kind="stable").head(SHOWN)
                words = {"reason": self._label(reason), "count": count}
                listed = join([same(one) for one in named["account_id"]])
                more = "more" if count > SHOWN else "all"
                sentences.append(say(f"selection.coverage_{more}", accounts=listed, **words))
        return str(paragraph([*sentences, *self.notes]))


def account_coverage(
    company: Company,
    chosen: Selection | Sequence[str] | None = None,
    *,
    plan: Capacity | None = None,
    silent_days: float = SILENT_DAYS.value,
    fewest_contacts: int = FEWEST_CONTACTS.value,
    full_load: float = FULL_LOAD.value,
) -> Coverage:
    """Say who looks after which account, and where cover is thin.

    Parameters
    ----------
    company : Company
        Its accounts that are still customers are looked at. The columns `manager`,
        `manager_role`, `manager_level` and the tables `contacts` and `interactions` are used
        where present.
    chosen : Selection or sequence of str, optional
        The key accounts: a selection, or their ids; those of today (`is_key`) if left out.
    plan : Capacity, optional
        From `plan_capacity`: hours that accounts need and managers have; kamlab's own
        assumptions if left out.
    silent_days : float, default 180
        Days without contact after which cover is thin.
    fewest_contacts : int, default 2
        People known at the account below which cover is thin.
    full_load : float, default 1
        Load of a manager above which the cover of his or her accounts is thin.

    Returns
    -------
    Coverage
        `augment()` one row per account with the reasons, `tidy()` one row per manager,
        `glance()` counts by reason, `plot()` the managers' load.

    Raises
    ------
    NotApplicable
        If nothing is known of who looks after the accounts.
    ArgumentError
        If there is no such account, or an argument cannot be.

    Notes
    -----
    Cover is thin where an account has no manager; where a key account is held by a hunter,
    whose trade is winning customers; where fewer than two contacts are known; where nobody
    was in contact for 180 days; or where the manager's accounts need more hours than he or she
    has: `load = (key accounts x hours + other accounts x hours) / hours available`. All
    thresholds are our design. What is not known is no reason; reasons that could not be checked
    at all are named in the notes.

    Examples
    --------
    >>> cover = kl.account_coverage(kl.sample_company())
    >>> int(cover.tidy()["n_accounts"].sum()) == len(cover.augment())
    True
    """
    need_company(company, of=say("selection.coverage_purpose"))
    _check(silent_days=silent_days, fewest_contacts=fewest_contacts, full_load=full_load)
    if plan is not None and not isinstance(plan, Capacity):
        raise ArgumentError(say("selection.not_a_plan", got=type(plan).__name__))
    accounts = company.accounts
    if "manager" not in accounts:
        raise NotApplicable(say("selection.no_managers_known"))
    key = _key(accounts, chosen)
    facts = account_facts(company)
    table = accounts[[name for name in (*IDENTITY, *HELD) if name in accounts]]
    table = table.assign(
        key=False if key is None else key,
        **{name: facts[name].to_numpy() for name in FACTS if name in facts},
    )
    left = has_left(company)
    hours = three_cases(dict(plan.assumptions if plan else ASSUMPTIONS))[0]
    table = with_load(table[~left].reset_index(drop=True), hours)
    thresholds = {
        "silent_days": silent_days,
        "fewest_contacts": fewest_contacts,
        "full_load": full_load,
    }
    reasons = thin_reasons(table, **thresholds)  # type: ignore[arg-type]
    return Coverage(
        accounts=pd.concat([table, reasons.add_prefix("thin_")], axis=1).assign(
            thin=reasons.any(axis=1)
        ),
        unchecked=tuple(reason for reason, known in checkable(table).items() if not known),
        thresholds=thresholds,
        hours=hours,
        key_known=key is not None,
        n_gone=int(left.sum()),
        n_key_gone=0 if key is None or chosen is None else int((key & left).sum()),
    )


def _key(accounts: pd.DataFrame, chosen: Selection | Sequence[str] | None) -> pd.Series | None:
    """Return which accounts are key accounts; None where nobody says."""
    ids = accounts["account_id"]
    if chosen is None:
        key = key_today(accounts)
        return None if key is None else key.fillna(False).astype(bool)
    if isinstance(chosen, str) or not isinstance(chosen, Selection | Sequence | pd.Series):
        raise ArgumentError(say("selection.not_a_choice", got=type(chosen).__name__))
    wanted = chosen.members if isinstance(chosen, Selection) else list(chosen)
    if unknown := [one for one in wanted if one not in set(ids)]:
        hint = nearest_hint(unknown[0], ids)
        listed = join([same(one) for one in unknown])
        raise ArgumentError(say("selection.unknown_accounts", accounts=listed, hint=hint))
    return ids.isin(wanted)


def _check(**thresholds: float) -> None:
    problems = [
        same(f"{name}={value!r}")
        for name, value in thresholds.items()
        if not is_number(value) or not value >= 0
    ]
    if problems:
        raise ArgumentError(say("selection.bad_thresholds", given=join(problems)))
