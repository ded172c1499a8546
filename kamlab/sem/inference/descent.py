"""Many minima at once: the quasi-Newton method with limited memory, every search with its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from kamlab.sem.engine.structure import Floats, Places

CLOSE_ENOUGH = 2e-4
"""Length of the last step, in standard errors of the estimate: the draws are meant to be off by
less than a thousandth of one."""
MEMORY = 40
MOST_ROUNDS = 50
"""The few searches that take longer are better served by exact Hessians."""
SUFFICIENT = 1e-4
"""Share of the foretold fall that a step has to bring (Armijo 1966)."""
SHORTEST = 1e-9
LONGEST = 5.0
"""Longest first step in standard errors, for far away the metric no longer holds."""

Objective = Callable[[Floats, Places], tuple[Floats, Floats]]


@dataclass(slots=True, eq=False)
class _Searches:
    """The searches that still run.

    `number` (B,) says which ones; `place`, `gradient`, `direction` are (B, d), `value`, `length`
    and `slope` (B,); `steps` and `bends` (B, m, d) and `scales` (B, m) are the memory, newest
    last: `s`, `y` and `1 / s'y`.
    """

    number: Places
    place: Floats
    value: Floats
    gradient: Floats
    direction: Floats
    slope: Floats
    length: Floats
    steps: Floats
    bends: Floats
    scales: Floats

    def keep(self, chosen: np.ndarray) -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name)[chosen])


def minima(objective: Objective, start: Floats) -> tuple[Floats, Floats]:
    """Minimise B functions.

    Parameters
    ----------
    objective : callable
        Takes points (b, d) and the numbers (b,) of the functions to evaluate there; returns
        values (b,), not finite where a function has none, and gradients (b, d).
    start : ndarray, shape (B, d)
        In coordinates in which the Hessian is about the identity.

    Returns
    -------
    places : ndarray, shape (B, d)
        Where each search ended.
    converged : ndarray of bool, shape (B,)

    Notes
    -----
    Nocedal's (1980) two-loop recursion from the identity, with steps halved until they bring a
    sufficient fall. One evaluation serves all searches; those that have ended leave.
    """
    places, converged = start.copy(), np.zeros(len(start), dtype=bool)
    running = _begun(objective, start)
    for _ in range(MOST_ROUNDS):
        done = _is_done(running)
        places[running.number], converged[running.number[done]] = running.place, True
        running.keep(~done & (running.length > SHORTEST))
        if not len(running.number):
            break
        _advance(running, objective)
    return places, converged


def _begun(objective: Objective, start: Floats) -> _Searches:
    everyone = np.arange(len(start))
    value, gradient = objective(start, everyone)
    b, d = start.shape
    searches = _Searches(
        number=everyone,
        place=start.copy(),
        value=value,
        gradient=gradient,
        direction=np.zeros((b, d)),
        slope=np.zeros(b),
        length=np.ones(b),
        steps=np.zeros((b, 0, d)),
        bends=np.zeros((b, 0, d)),
        scales=np.zeros((b, 0)),
    )
    searches.keep(np.isfinite(value) & np.isfinite(gradient).all(axis=1))
    _aim(searches, np.ones(len(searches.number), dtype=bool))
    size = np.linalg.norm(searches.direction, axis=1)
    searches.length = np.minimum(1.0, LONGEST / np.maximum(size, np.finfo(float).tiny))
    return searches


def _is_done(searches: _Searches) -> np.ndarray:
    step = np.linalg.norm(searches.direction, axis=1)
    pull = np.linalg.norm(searches.gradient, axis=1)
    return np.asarray(np.maximum(step, pull) < CLOSE_ENOUGH)


def _advance(searches: _Searches, objective: Objective) -> None:
    """Try one step of every search; those that it helps move and remember."""
    trial = searches.place + searches.length[:, None] * searches.direction
    value, gradient = objective(trial, searches.number)
    noise = 8 * np.finfo(float).eps * np.abs(searches.value)
    goal = searches.value + SUFFICIENT * searches.length * searches.slope + noise
    better = np.isfinite(gradient).all(axis=1) & (value <= goal)
    step = np.where(better[:, None], trial - searches.place, 0.0)
    bend = np.where(better[:, None], gradient - searches.gradient, 0.0)
    _remember(searches, step, bend)
    searches.place[better] = trial[better]
    searches.value[better], searches.gradient[better] = value[better], gradient[better]
    searches.length = np.where(better, 1.0, searches.length / 2)
    _aim(searches, better)


def _remember(searches: _Searches, step: Floats, bend: Floats) -> None:
    """Add a step to the memory; one along which the slope does not rise counts for nothing."""
    along = (step * bend).sum(axis=1)
    rises = along > np.finfo(float).eps * (bend**2).sum(axis=1)
    scale = np.where(rises, 1 / np.where(rises, along, 1.0), 0.0)
    searches.steps = np.concatenate([searches.steps, step[:, None]], axis=1)[:, -MEMORY:]
    searches.bends = np.concatenate([searches.bends, bend[:, None]], axis=1)[:, -MEMORY:]
    searches.scales = np.concatenate([searches.scales, scale[:, None]], axis=1)[:, -MEMORY:]


def _aim(searches: _Searches, moved: np.ndarray) -> None:
    """Set the direction of the searches that moved."""
    direction = -searches.gradient
    weights = np.zeros_like(searches.scales)
    for k in reversed(range(weights.shape[1])):
        along = (searches.steps[:, k] * direction).sum(axis=1)
        weights[:, k] = searches.scales[:, k] * along
        direction -= weights[:, k, None] * searches.bends[:, k]
    for k in range(weights.shape[1]):
        along = (searches.bends[:, k] * direction).sum(axis=1)
        back = weights[:, k] - searches.scales[:, k] * along
        direction += back[:, None] * searches.steps[:, k]
    slope = (direction * searches.gradient).sum(axis=1)
    searches.direction = np.where(moved[:, None], direction, searches.direction)
    searches.slope = np.where(moved, slope, searches.slope)
