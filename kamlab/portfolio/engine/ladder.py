"""Ladders, over arrays: the highest level all of whose conditions hold."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kamlab.portfolio.declaration.model import Condition, Rule
from kamlab.portfolio.engine.scoring import Floats, Ints

TESTS: Mapping[str, Callable[[Any, Any], Any]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "below": operator.lt,
    "is": operator.eq,
}


def holds(condition: Condition, facts: Floats) -> NDArray[np.bool_]:
    """Return for which accounts a condition holds; for a missing fact it does not."""
    return np.asarray(TESTS[condition.test](facts, condition.value))


def climb(rules: tuple[Rule, ...], facts: Mapping[str, Floats]) -> tuple[Ints, Floats]:
    """Return the level that each account has reached, and the share of conditions known.

    Parameters
    ----------
    rules : tuple of Rule
        From the lowest level to the highest.
    facts : mapping of str to ndarray, shape (accounts,)

    Returns
    -------
    levels : ndarray of int, shape (accounts,)
        The highest level all of whose conditions hold, whether or not those of lower levels
        do; -1 where none does.
    known : ndarray, shape (accounts,)
        The share of all conditions whose fact is known.
    """
    reached = np.full(len(next(iter(facts.values()))), -1)
    known = []
    for level, rule in enumerate(rules):
        met = [holds(condition, facts[condition.column]) for condition in rule.needs]
        reached = np.where(np.logical_and.reduce(met), level, reached)
        known += [~np.isnan(facts[condition.column]) for condition in rule.needs]
    return reached, np.mean(known, axis=0)
