"""Direct, indirect and total effects, and the effect along each path."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kamlab.sem.engine.implied import Implied, slopes_in
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.structure import COVARIANCE, PATH, Floats, GroupStructure, Places, Structure

Flags = NDArray[np.bool_]

MOST_PATHS = 1000
"""Paths listed at most between a cause and an effect: their number grows exponentially."""


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Effects of causes on effects, one entry a pair, with standard errors (delta method).

    Attributes
    ----------
    cause, effect : ndarray, shape (k,)
        Places among all variables.
    direct, indirect, total : ndarray, shape (k,)
        Indirect and total effects are NaN where a loop does not settle.
    direct_error, indirect_error, total_error : ndarray, shape (k,)
    """

    cause: Places
    effect: Places
    direct: Floats
    indirect: Floats
    total: Floats
    direct_error: Floats
    indirect_error: Floats
    total_error: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SpecificEffect:
    """The effect along one path.

    Attributes
    ----------
    path : tuple of int
        Places of the variables from cause to effect.
    value, error : float
        Product of the coefficients and its standard error (delta method).
    """

    path: tuple[int, ...]
    value: float
    error: float


def connected(group: GroupStructure, among: Places | None = None) -> tuple[Places, Places]:
    """Return causes and effects (k,) of all pairs that a chain of arrows joins, cause by cause.

    Parameters
    ----------
    group : GroupStructure
    among : ndarray, optional
        Places of the variables meant; all by default.
    """
    reach = _closure(_arrows(group))
    np.fill_diagonal(reach, False)
    meant = np.arange(group.size) if among is None else np.asarray(among)
    cause, effect = np.nonzero(reach[np.ix_(meant, meant)].T)
    return meant[cause], meant[effect]


def _arrows(group: GroupStructure) -> Flags:
    """Return where an arrow goes, row = effect, column = cause; shape (n, n) of bool."""
    arrows: Flags = group.paths != 0
    own = group.kind == PATH
    arrows[group.row[own], group.column[own]] = True
    return arrows


def _closure(arrows: Flags) -> Flags:
    """Return where a chain of arrows leads, row = effect, column = cause."""
    reach = arrows
    for _ in range(len(arrows).bit_length()):
        reach = reach | (reach @ reach)
    return reach


def effects(
    point: Point,
    group: int,
    covariance: Floats,
    *,
    standardised: bool = False,
    among: Places | None = None,
) -> Effects:
    """Return the effects of every cause on every effect.

    Parameters
    ----------
    point : Point
    group : int
        From 0.
    covariance : ndarray, shape (q, q)
        Of the estimates.
    standardised : bool, default False
        In implied standard deviations of effect and cause.
    among : ndarray, optional
        Places of the variables meant; all by default.

    Notes
    -----
    Total effects are `E - I` with `E = (I - A)^-1`, direct ones `A`, indirect ones their
    difference (Bollen 1989). The slope of `E_ij` by a path (a, b) is `E_ia E_bj`. With loops the
    sum of all routes exists only if the largest eigenvalue of `A` is smaller than one in size.
    """
    structure, at = point.structure.groups[group], point.implied[group]
    cause, effect = connected(structure, among)
    total = at.spread[effect, cause]
    direct = at.paths[effect, cause]
    own = structure.kind == PATH
    total_slope = at.spread[effect][:, structure.row] * at.spread[structure.column][:, cause].T
    total_slope = total_slope * own
    direct_slope = (effect[:, None] == structure.row) & (cause[:, None] == structure.column) & own
    direct_slope = direct_slope.astype(float)
    if standardised:
        ratio, ratio_slope = _ratios(structure, at, cause, effect)
        total_slope = total_slope * ratio[:, None] + total[:, None] * ratio_slope
        direct_slope = direct_slope * ratio[:, None] + direct[:, None] * ratio_slope
        total, direct = total * ratio, direct * ratio
    inner = covariance[np.ix_(structure.parameter, structure.parameter)]
    settled = 1.0 if _settles(at.paths, structure) else np.nan
    return Effects(
        cause,
        effect,
        direct,
        (total - direct) * settled,
        total * settled,
        _errors(direct_slope, inner),
        _errors(total_slope - direct_slope, inner) * settled,
        _errors(total_slope, inner) * settled,
    )


def _ratios(
    group: GroupStructure, at: Implied, cause: Places, effect: Places
) -> tuple[Floats, Floats]:
    """Return `sd_cause / sd_effect` (k,) and its slopes by the cells (k, cells)."""
    variance = at.total.diagonal()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sqrt(variance[cause] / variance[effect])
        moved = slopes_in(group, np.concatenate([at.spread, at.total], axis=1), at.level)
        relative = moved.left * moved.right / variance[:, None]
    return ratio, ratio[:, None] * (relative[cause] - relative[effect])


def _errors(slopes: Floats, covariance: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        errors: Floats = np.sqrt(((slopes @ covariance) * slopes).sum(axis=1))
    return errors


def _settles(paths: Floats, group: GroupStructure) -> bool:
    if not _closure(_arrows(group)).diagonal().any():
        return True
    return bool(np.abs(np.linalg.eigvals(paths)).max() < 1)


def specific_effects(
    point: Point,
    group: int,
    covariance: Floats,
    cause: int,
    effect: int,
    *,
    standardised: bool = False,
) -> tuple[SpecificEffect, ...]:
    """Return the effect along every path that meets no variable twice, shortest paths first.

    Parameters
    ----------
    point : Point
    group : int
        From 0.
    covariance : ndarray, shape (q, q)
        Of the estimates.
    cause, effect : int
        Places among all variables.
    standardised : bool, default False
    """
    structure, at = point.structure.groups[group], point.implied[group]
    ratio, ratio_slope = 1.0, np.zeros(len(structure.kind))
    if standardised:
        ratios, slopes = _ratios(structure, at, np.array([cause]), np.array([effect]))
        ratio, ratio_slope = float(ratios[0]), slopes[0]
    inner = covariance[np.ix_(structure.parameter, structure.parameter)]
    found = []
    for path in _simple_paths(_arrows(structure), cause, effect):
        steps = at.paths[path[1:], path[:-1]]
        value = float(steps.prod())
        slope = _product_slope(structure, path, steps) * ratio + value * ratio_slope
        error = float(_errors(slope[None, :], inner)[0])
        found.append(SpecificEffect(path, value * ratio, error))
    return tuple(found)


def _product_slope(group: GroupStructure, path: tuple[int, ...], steps: Floats) -> Floats:
    """Return the slopes of a product of coefficients by the cells."""
    slope = np.zeros(len(group.kind))
    for place, (cause, effect) in enumerate(pairwise(path)):
        cell = (group.kind == PATH) & (group.row == effect) & (group.column == cause)
        slope[cell] = np.delete(steps, place).prod()
    return slope


def _simple_paths(arrows: Flags, cause: int, effect: int) -> list[tuple[int, ...]]:
    leads = _closure(arrows)[effect] | (np.arange(len(arrows)) == effect)
    onward = [np.flatnonzero(arrows[:, place] & leads).tolist() for place in range(len(arrows))]
    growing: list[tuple[int, ...]] = [(cause,)]
    found: list[tuple[int, ...]] = []
    while growing and len(found) < MOST_PATHS:
        longer = [
            (*path, step) for path in growing for step in onward[path[-1]] if step not in path
        ]
        found += [path for path in longer if path[-1] == effect]
        growing = [path for path in longer if path[-1] != effect][:MOST_PATHS]
    return found[:MOST_PATHS]


def effects_of_draws(
    structure: Structure,
    group: int,
    thetas: Floats,
    cause: Places,
    effect: Places,
    *,
    standardised: bool = False,
) -> tuple[Floats, Floats, Floats]:
    """Return direct, indirect and total effects for many parameter vectors, each (B, k).

    Parameters
    ----------
    structure : Structure
    group : int
        From 0.
    thetas : ndarray, shape (B, q)
        Such as bootstrap draws.
    cause, effect : ndarray, shape (k,)
        As `effects` gives them.
    """
    own = structure.groups[group]
    n = own.size
    places, parameters = own.filling
    flat = np.repeat(own.flat[None, :], len(thetas), axis=0)
    flat[:, places] = thetas[:, parameters]
    paths = flat[:, : n * n].reshape(-1, n, n)
    spread = np.asarray(np.linalg.inv(np.eye(n) - paths), dtype=np.float64)
    direct, total = paths[:, effect, cause], spread[:, effect, cause]
    if standardised:
        residual = flat[:, COVARIANCE * n * n : 2 * n * n].reshape(-1, n, n)
        variance = ((spread @ residual) * spread).sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.sqrt(variance[:, cause] / variance[:, effect])
        direct, total = direct * ratio, total * ratio
    return direct, total - direct, total
