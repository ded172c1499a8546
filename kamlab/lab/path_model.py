"""The structural part of a fitted model in standard deviations, for moving its paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kamlab.accounts.tables import constructs
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.sem.drawing import diagram
from kamlab.sem.engine.structure import Floats
from kamlab.sem.picture.diagram import Diagram
from kamlab.sem.result import SemFit

Flags = NDArray[np.bool_]
Path = tuple[int, int]
"""Cause and effect."""

ROUNDING = 1e-9
"""Variances and effects closer than this are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Consequences:
    """What a model implies for m values of a path.

    Attributes
    ----------
    total : ndarray, shape (m, n, n)
        Total effects `(I - A)^-1`, row = effect, column = cause; NaN where a loop grows.
    residual : ndarray, shape (m, n, n)
        (Co)variances of what is not explained.
    correlation : ndarray, shape (m, n, n)
    r_squared : ndarray, shape (m, n)
        NaN for a variable without causes; above 1 where no data could be so.
    """

    total: Floats
    residual: Floats
    correlation: Floats
    r_squared: Floats


@dataclass(frozen=True, slots=True, eq=False)
class PathModel:
    """The structural part of a fitted model, all variances one.

    Attributes
    ----------
    names : tuple of str, length n
    words : mapping of str to Text
        What the variables are called.
    paths, residual : ndarray, shape (n, n)
        Standardised `A` and `S`.
    low, high : ndarray, shape (n, n)
        Intervals of the standardised paths; NaN where there is none.
    reach : ndarray of bool, shape (n, n)
        Whether a chain of arrows leads from the column to the row.
    choices : tuple of (int, int)
        Cause and effect of the paths that can be moved.
    conf_level : float
    diagram : Diagram
    """

    names: tuple[str, ...]
    words: Mapping[str, Text]
    paths: Floats
    residual: Floats
    low: Floats
    high: Floats
    reach: Flags
    choices: tuple[Path, ...]
    conf_level: float
    diagram: Diagram

    def called(self, place: int | np.intp) -> Text:
        """Return what a variable is called."""
        return self.words[self.names[place]]

    def path_called(self, path: Path) -> Text:
        """Return a path in words."""
        return self.called(path[0]) + same(" → ") + self.called(path[1])

    def later(self, path: Path) -> tuple[int, ...]:
        """Return what the path's effect is and leads to."""
        effect = path[1]
        return tuple(j for j in range(len(self.names)) if j == effect or self.reach[j, effect])

    def find_path(self, path: str | None) -> Path:
        """Return cause and effect of a path written `cause -> effect`; for none, of the first.

        Raises
        ------
        ArgumentError
            If the model has no such path.
        """
        if path is None:
            return self.choices[0]
        known = {f"{self.names[a]} -> {self.names[b]}": (a, b) for a, b in self.choices}
        asked = " -> ".join(part.strip() for part in re.split("->|→", path))
        if asked not in known:
            hint = nearest_hint(asked, known)
            raise ArgumentError(say("lab.unknown_path", path=path, hint=hint, known=listed(known)))
        return known[asked]

    def find_outcome(self, path: Path, outcome: str | None) -> int:
        """Return the place of an outcome; for none, of the first that leads nowhere.

        Raises
        ------
        ArgumentError
            If the path does not lead to it.
        """
        later = self.later(path)
        if outcome is None:
            return ([j for j in later if not self.reach[:, j].any()] or later)[0]
        known = {self.names[j]: j for j in later}
        if outcome not in known:
            words = {"outcome": outcome, "path": self.path_called(path), "known": listed(known)}
            raise ArgumentError(say("lab.not_later", **words))
        return known[outcome]

    def source(self, path: Path) -> int:
        """Return the variable without causes whose effects the path carries most."""
        cause = path[0]
        carried = np.abs(np.linalg.inv(np.eye(len(self.names)) - self.paths)[cause])
        carried[self.reach.any(axis=1)] = 0.0
        return int(carried.argmax()) if carried.max() > 0 else cause

    def consequences(self, path: Path, values: Floats) -> Consequences:
        """Return what follows from some values of a path, shape (m,).

        Notes
        -----
        With `E = (I - A)^-1`, variances `diag(E S E')` are linear in the residual variances s:
        `(E o E) s + d = 1`, d being what residual covariances add. Solved for s, this keeps all
        variances at one.
        """
        paths = np.repeat(self.paths[None], len(values), axis=0)
        paths[:, path[1], path[0]] = values
        grows = np.zeros(len(values), dtype=bool)
        if self.reach.diagonal().any():
            grows = np.abs(np.linalg.eigvals(paths)).max(axis=1) >= 1 - ROUNDING
            paths[grows] = 0.0
        unit = np.eye(len(self.names))
        total = np.asarray(np.linalg.inv(unit - paths), dtype=float)
        among = self.residual * (1 - unit)
        added = ((total @ among) * total).sum(axis=2)
        own = np.linalg.solve(total**2, (1.0 - added)[:, :, None])
        residual = among + own * unit
        correlation = total @ residual @ total.transpose(0, 2, 1)
        explained = np.where(self.reach.any(axis=1), 1.0 - own[:, :, 0], np.nan)
        for found in (total, residual, correlation, explained):
            found[grows] = np.nan
        return Consequences(total, residual, correlation, explained)

    def possible(self, found: Consequences) -> Flags:
        """Return which values some data could have, shape (m,)."""
        settled = ~np.isnan(found.total[:, 0, 0])
        least = np.full(len(settled), -np.inf)
        least[settled] = np.linalg.eigvalsh(found.residual[settled])[:, 0]
        own = float(np.linalg.eigvalsh(self.residual)[0])
        return np.asarray(least >= min(own, 0.0) - ROUNDING)


def listed(names: Iterable[str]) -> Text:
    """Return names as a list."""
    return join([*map(same, names)])


def path_model(
    fit: SemFit, *, labels: Mapping[str, Text | str] | None = None, group: int = 1
) -> PathModel:
    """Return the structural part of a fitted model in standard deviations.

    Parameters
    ----------
    fit : SemFit
    labels : mapping of str to Text or str, optional
        What variables are called; constructs of kamlab are called as `kl.constructs()` has them.
    group : int, default 1

    Raises
    ------
    ArgumentError
        If `fit` is no fitted model, or it has no such group.
    NotApplicable
        If the model has no paths, a variance in it is not positive, or a loop does not settle.

    Notes
    -----
    Indicators are left out: nothing follows from them.
    """
    if not isinstance(fit, SemFit):
        raise ArgumentError(say("lab.no_sem", got=type(fit).__name__))
    if group not in range(1, len(fit.group_labels) + 1):
        raise ArgumentError(say("lab.no_group", group=group, count=len(fit.group_labels)))
    movable = _movable(fit, group)
    if not movable:
        raise NotApplicable(say("lab.no_paths"))
    variables, at = fit.estimate.structure.variables, fit.estimate.point.implied[group - 1]
    ends = {name for path in movable for name in path}
    kept = [i for i, name in enumerate(variables) if i >= at.n_observed or name in ends]
    names = tuple(variables[i] for i in kept)
    variance = at.total.diagonal()[kept]
    if not (variance > 0).all():
        flat = [name for name, size in zip(names, variance, strict=True) if not size > 0]
        raise NotApplicable(say("lab.no_variance", names=listed(flat)))
    sd, among = np.sqrt(variance), np.ix_(kept, kept)
    paths = at.paths[among] * sd / sd[:, None]
    choices = tuple((names.index(cause), names.index(effect)) for cause, effect in movable)
    reach = _reach(paths, choices)
    if reach.diagonal().any() and np.abs(np.linalg.eigvals(paths)).max() >= 1 - ROUNDING:
        raise NotApplicable(say("lab.loop_grows"))
    low, high = _intervals(fit, group, names)
    return PathModel(
        names=names,
        words=_words(names, labels or {}),
        paths=paths,
        residual=at.residual[among] / np.outer(sd, sd),
        low=low,
        high=high,
        reach=reach,
        choices=choices,
        conf_level=fit.options.conf_level,
        diagram=diagram(fit, group).only(set(names)),
    )


def _movable(fit: SemFit, group: int) -> list[tuple[str, str]]:
    """Return causes and effects of all regressions, but of those that are fixed at zero."""
    return [
        (one.rhs, one.lhs)
        for one in fit.table.parameters
        if one.op == "~" and one.group == group and (one.free or one.value != 0)
    ]


def _words(names: Iterable[str], labels: Mapping[str, Text | str]) -> dict[str, Text]:
    known: dict[str, Text | str] = {one.name: one.label for one in constructs()}
    said = {name: (known | dict(labels)).get(name, name) for name in names}
    return {name: text if isinstance(text, Text) else same(text) for name, text in said.items()}


def _intervals(fit: SemFit, group: int, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    low, high = np.full((2, len(names), len(names)), np.nan)
    table = fit.effects(standardised=True)
    if "group" in table:
        table = table[table["group"] == group]
    for row in table.to_dict("records"):
        place = names.index(row["outcome"]), names.index(row["cause"])
        low[place], high[place] = row["direct_low"], row["direct_high"]
    return low, high


def _reach(paths: Floats, choices: Iterable[Path]) -> Flags:
    reach = paths != 0
    for cause, effect in choices:
        reach[effect, cause] = True
    for _ in range(len(reach).bit_length()):
        reach = reach | (reach @ reach)
    return np.asarray(reach)
