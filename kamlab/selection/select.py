"""Choosing key accounts: `select_accounts`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import join, say
from kamlab.foundation.lent import frozen
from kamlab.portfolio.classify import place_evidence
from kamlab.portfolio.declaration.card import column_label
from kamlab.portfolio.declaration.model import Model
from kamlab.portfolio.engine.axes import AxisNumbers
from kamlab.portfolio.engine.doubts import WEIGHT_SPREAD
from kamlab.portfolio.engine.gather import Evidence, gather
from kamlab.portfolio.portfolio import Portfolio
from kamlab.selection.arguments import is_number, is_whole, listed
from kamlab.selection.criteria import load_criteria
from kamlab.selection.customers import has_left, need_company
from kamlab.selection.ranking import Block, changes_without, correlation, inclusion, total_score
from kamlab.selection.selection import Selection


def select_accounts(
    company: Company,
    n: int = 20,
    criteria: str | Path | Model = "key_accounts",
    *,
    balance: float = 0.5,
    weights: Mapping[str, float] | None = None,
    draws: int = 1000,
    spread: float = WEIGHT_SPREAD,
    seed: int = 0,
) -> Selection:
    """Say which accounts should be key accounts, and how far that hangs on the weights.

    Accounts that are customers no more are no candidates.

    Parameters
    ----------
    company : Company
    n : int, default 20
        How many key accounts are wanted.
    criteria : str, Path or Model, default "key_accounts"
        Criteria that come with kamlab, the path of a `.toml` file of your own, or a model: a
        classification model with two axes of weighted items.
    balance : float, default 0.5
        Weight of the second axis (behaviour), from 0 to 1; the first (figures) has the rest.
    weights : mapping of str to float, optional
        Other weights for some criteria, by column; 0 leaves one out.
    draws : int, default 1000
        Plausible weightings that are tried.
    spread : float, default 0.5
        By which share of itself a weight typically differs from the given one.
    seed : int, default 0
        The same seed draws the same weightings.

    Returns
    -------
    Selection
        `augment()` the ranking, `tidy()` one row per criterion, `plot()` the border of the
        list.

    Raises
    ------
    ArgumentError
        If an argument cannot be, all at once; if no such criteria come with kamlab.
    ModelError
        If the criteria's file is not right.
    NotApplicable
        If nobody is a customer any more, or so many columns are missing that no account can be
        scored; the message names them.

    Notes
    -----
    `score = (1 - balance) * first + balance * second`, on the criteria's scale; an axis is the
    weighted mean of its rated items, where items with at least half of its weight are rated. A
    column that the company does not have counts as not rated, and is named in the notes. A
    rank among accounts is one among candidates. Accounts whose scores equal that of the last
    place are all chosen, so that the order of the rows decides nothing; the list can be longer.

    `inclusion` is the share of weightings under which an account is on the list: weights
    within each axis, and the balance, are drawn from Dirichlet distributions round the given
    ones; a weight of zero, and a balance of 0 or 1, stay. The given weights are our design, so
    an account that is on the list under hardly more than half of the weightings is there by
    our choice of weights, not by what is known of it.

    Examples
    --------
    >>> chosen = kl.select_accounts(kl.sample_company(), n=20)
    >>> len(chosen.members)
    20
    """
    need_company(company, of=say("selection.select_purpose"))
    _check(n, balance, draws, spread, seed)
    model = load_criteria(criteria, weights)
    left = has_left(company)
    if left.all():
        raise NotApplicable(say("selection.nobody_left"))
    board, absent = _board(company, model, ~left)
    blocks = _blocks(model, board.numbers)
    shares = np.array([1 - balance, balance])
    totals = total_score(blocks, shares)
    if np.isnan(totals).all():
        missing = join([column_label(name) for name in absent]) if absent else say("selection.none")
        raise NotApplicable(say("selection.nobody_scored", missing=missing))
    rng = np.random.default_rng(seed)
    return Selection(
        board=board,
        n=int(n),
        balance=float(balance),
        draws=int(draws),
        totals=frozen(totals),
        inclusion=frozen(inclusion(blocks, shares, n, draws=draws, spread=spread, rng=rng)),
        criteria=_about_criteria(model, blocks, shares, totals, n),
        own_weights=weights is not None,
        absent=absent,
        n_gone=int(left.sum()),
    )


def _board(
    company: Company, model: Model, candidates: NDArray[np.bool_]
) -> tuple[Portfolio, tuple[str, ...]]:
    """Return the candidates on the criteria's axes, and the columns that are nowhere."""
    survey = () if company.survey is None else company.survey.columns
    known = {*company.accounts.columns, *account_facts(company).columns, *survey}
    absent = tuple(name for name in model.columns if name not in known)
    there = [name for name in model.columns if name in known]
    evidence = gather(company, there, of=model.name)
    values = evidence.values.reindex(columns=list(model.columns))
    accounts, values = (
        frame[candidates].reset_index(drop=True) for frame in (evidence.accounts, values)
    )
    candidates_only = Evidence(accounts=accounts, values=values, currency=evidence.currency)
    return place_evidence(model, candidates_only), absent


def _blocks(model: Model, numbers: tuple[AxisNumbers, ...]) -> list[Block]:
    return [Block(own.points, axis.weights) for axis, own in zip(model.axes, numbers, strict=True)]


def _about_criteria(
    model: Model,
    blocks: list[Block],
    shares: NDArray[np.float64],
    totals: NDArray[np.float64],
    n: int,
) -> pd.DataFrame:
    changes = changes_without(blocks, shares, n)
    rows = []
    for axis, block, share, changed in zip(model.axes, blocks, shares, changes, strict=True):
        relative = share * axis.weights / axis.weights.sum()
        for place, item in enumerate(axis.items):
            points = block.points[:, place]
            rows.append(
                {
                    "term": item.column,
                    "block": axis.name,
                    "weight": relative[place],
                    "accounts_rated": np.mean(~np.isnan(points)),
                    "correlation": correlation(points, totals),
                    "n_changed": changed[place],
                }
            )
    return pd.DataFrame(rows)


def _check(n: object, balance: object, draws: object, spread: object, seed: object) -> None:
    problems = [
        say("selection.bad_whole_number", name=name, got=repr(number), least=least)
        for name, number, least in (("n", n, 1), ("draws", draws, 1), ("seed", seed, 0))
        if not is_whole(number) or number < least
    ]
    if not is_number(balance) or not 0 <= balance <= 1:
        problems.append(say("selection.bad_balance", got=repr(balance)))
    if not is_number(spread) or not 0 < spread < 1:
        problems.append(say("selection.bad_spread", got=repr(spread)))
    if problems:
        raise ArgumentError(say("selection.bad_arguments", problems=listed(problems)))
