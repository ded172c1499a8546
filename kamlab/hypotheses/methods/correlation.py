"""Hypotheses on two columns that rise and fall together: Spearman's rank correlation."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import join, listed, say
from kamlab.hypotheses.evidence import Check, Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods import checks
from kamlab.hypotheses.methods.ingredients import known_on, rows_for, words_for
from kamlab.hypotheses.tables import Tables
from kamlab.panel.formula import columns_named
from kamlab.panel.resample import resample

Array = NDArray[np.float64]

DRAWS = 1000
FEWEST = 10
"""Accounts below which no interval of a rank correlation is to be trusted."""


def evidence(hypothesis: Hypothesis, tables: Tables, *, seed: int) -> Evidence:
    """Return Spearman's rank correlation of two columns; ties have their mean rank.

    Where accounts have one row each, the interval is Fisher's, with the variance
    `(1 + r^2 / 2) / (n - 3)` (Bonett & Wright 2000, Psychometrika); where they have several, from
    1,000 draws of accounts, ranked anew.
    """
    rows = rows_for(hypothesis, tables)
    names = _two_columns(hypothesis.model, rows)
    pairs = rows[names].astype("float64")
    complete = pairs.notna().all(axis=1)
    pairs, used = pairs[complete], rows[complete]
    _need_spread(pairs, used["account_id"].nunique())
    x, y = pairs.to_numpy().T
    estimate = float(stats.spearmanr(x, y).statistic)
    single = used["account_id"].is_unique
    draws = None if single else _redrawn(x, y, used["account_id"], seed)
    n_lost = int((~complete).sum())
    gaps = rows[names].isna().sum()
    missing = listed(f"{name} ({count})" for name, count in gaps.items() if count)
    words = [words_for(name) for name in names]
    return Evidence(
        effect=say("hypotheses.effect_correlation", one=words[0], other=words[1]),
        estimate=estimate,
        std_error=_std_error(estimate, len(pairs)) if draws is None else float(draws.std(ddof=1)),
        scale="fisher" if draws is None else "plain",
        draws=draws,
        effect_size=estimate,
        effect_size_is=say("hypotheses.size_correlation"),
        n_used=len(pairs),
        n_accounts=used["account_id"].nunique(),
        n_lost=n_lost,
        lost=say("panel.missing_values", columns=missing) if n_lost else say("panel.none_left_out"),
        checks=partial(_checks, pairs, names, used["account_id"].nunique(), n_lost, tables),
        known_on=known_on(used, tables, names),
    )


def weighted_rank_correlation(x: Array, y: Array, weights: Array) -> Array:
    """Return Spearman's correlation with rows counted several times.

    Parameters
    ----------
    x, y : ndarray, shape (rows,)
    weights : ndarray, shape (draws, rows)
        How often each row counts.

    Returns
    -------
    ndarray, shape (draws,)
        NaN where a draw has no spread.
    """
    total = weights.sum(axis=1)
    first, second = (_ranks(values, weights) for values in (x, y))
    off = [ranks - ((weights * ranks).sum(axis=1) / total)[:, None] for ranks in (first, second)]
    product = (weights * off[0] * off[1]).sum(axis=1)
    squares = [(weights * one**2).sum(axis=1) for one in off]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(product / np.sqrt(squares[0] * squares[1]))


def _ranks(values: Array, weights: Array) -> Array:
    """Return the mean rank of every value where rows count several times."""
    _, place = np.unique(values, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    counts = np.add.reduceat(weights[:, order], starts, axis=1)
    middle = counts.cumsum(axis=1) - counts / 2 + 0.5
    return np.asarray(middle[:, place])


def _redrawn(x: Array, y: Array, accounts: pd.Series, seed: int) -> Array:
    draws = resample(pd.Index(accounts.unique()), DRAWS, seed)
    found = [
        weighted_rank_correlation(x, y, block.of(accounts).astype(float))
        for block in draws.blocks(len(x))
    ]
    values = np.concatenate(found)
    return values[np.isfinite(values)]


def _std_error(estimate: float, count: int) -> float:
    on_fisher = np.sqrt((1 + estimate**2 / 2) / (count - 3))
    return float(on_fisher * (1 - estimate**2))


def _two_columns(model: str, rows: pd.DataFrame) -> list[str]:
    sides = [side.strip() for side in model.split("~")]
    if len(sides) != 2:
        raise ModelError(say("hypotheses.two_columns", model=model))
    unknown = [name for name in sides if name not in rows]
    for name in unknown:
        columns_named(f"{name} ~ 1", rows)
    if unknown:
        raise ModelError(say("hypotheses.two_columns", model=model))
    if words := [name for name in sides if not pd.api.types.is_numeric_dtype(rows[name])]:
        raise ModelError(say("hypotheses.no_numbers", names=listed(words)))
    return sides


def _need_spread(pairs: pd.DataFrame, n_accounts: int) -> None:
    if n_accounts < FEWEST:
        raise NotApplicable(say("hypotheses.too_few", count=n_accounts, fewest=FEWEST))
    if alike := [str(name) for name in pairs if pairs[name].nunique() < 2]:
        raise NotApplicable(
            say("hypotheses.all_alike", names=join([words_for(name) for name in alike]))
        )


def _checks(
    pairs: pd.DataFrame, names: list[str], n_accounts: int, n_lost: int, tables: Tables
) -> tuple[Check, ...]:
    return (
        checks.enough_accounts(n_accounts),
        checks.few_rows_lost(n_lost, len(pairs)),
        *checks.scores_without_error(names, tables),
        checks.varied_ranks(pairs),
    )
