"""The rows of one group: what the text names, and what lavaan's `sem()` and `growth()` add."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

from kamlab.sem.syntax.entries import Entry, Statements, Variables


@dataclass(frozen=True, slots=True)
class Options:
    """How defaults are set; see `parameter_table`."""

    n_groups: int
    std_lv: bool
    has_means: bool
    growth: bool
    fixed_x: bool
    orthogonal: bool
    group_equal: frozenset[str]


@dataclass(slots=True)
class Row:
    """A parameter on its way into the table.

    Parameters
    ----------
    lhs, op, rhs : str
    entry : Entry or None
        The text's, if it names the parameter.
    free, value, exogenous
        As in `Parameter`.
    start : float
    label : str
        The user's.
    group : int
        From 1.
    """

    lhs: str
    op: str
    rhs: str
    entry: Entry | None
    free: bool = True
    value: float = math.nan
    start: float = math.nan
    label: str = ""
    exogenous: bool = False
    group: int = 1

    def fix(self, value: float) -> None:
        """Fix it at a value."""
        self.free, self.value, self.start = False, value, math.nan

    def release(self) -> None:
        """Make it free."""
        self.free, self.value = True, math.nan

    @property
    def is_variance(self) -> bool:
        """Whether it is a variance."""
        return self.op == "~~" and self.lhs == self.rhs

    @property
    def is_default(self) -> bool:
        """Whether the text does not name it."""
        return self.entry is None


def rows_of(statements: Statements, options: Options) -> list[Row]:
    """Return the rows of one group in lavaan's order, before the text's modifiers are applied."""
    variables = statements.variables
    rows = [Row(e.lhs, e.op, e.rhs, e) for e in statements.entries]
    named = {(row.lhs, row.op, row.rhs) for row in rows}
    added = _added(variables, has_means=options.has_means)
    rows += [Row(*key, None) for key in added if key not in named]
    latent = set(variables.latent)
    if options.std_lv:
        _fix_variances(rows, latent)
    else:
        _fix_first_loadings(rows)
    _fix_errors_of_single_indicators(rows)
    if options.orthogonal:
        _fix_latent_covariances(rows, latent)
    _fix_means(rows, latent, growth=options.growth)
    if options.fixed_x:
        _take_from_sample(rows, set(variables.covariates))
    return rows


def _added(variables: Variables, *, has_means: bool) -> list[tuple[str, str, str]]:
    fixed = set(variables.covariates)
    inner = [name for name in variables.observed if name not in fixed]
    pairs = [(name, name) for name in (*inner, *variables.latent)]
    pairs += combinations(variables.exogenous_latent, 2)
    pairs += combinations(variables.outcomes, 2)
    pairs += combinations_with_replacement(variables.covariates, 2)
    keys = [(one, "~~", other) for one, other in pairs]
    if has_means:
        keys += [(name, "~1", "") for name in (*variables.observed, *variables.latent)]
    return keys


def _fix_variances(rows: list[Row], latent: set[str]) -> None:
    for row in rows:
        if row.is_variance and row.lhs in latent:
            row.fix(1.0)


def _fix_first_loadings(rows: list[Row]) -> None:
    scaled = set()
    for row in rows:
        if row.op == "=~" and row.lhs not in scaled:
            scaled.add(row.lhs)
            row.fix(1.0)


def _fix_errors_of_single_indicators(rows: list[Row]) -> None:
    loadings = [(row.lhs, row.rhs) for row in rows if row.op == "=~"]
    per_latent = Counter(latent for latent, _ in loadings)
    per_indicator = Counter(indicator for _, indicator in loadings)
    single = {x for f, x in loadings if per_latent[f] == 1 and per_indicator[x] == 1}
    for row in rows:
        if row.is_default and row.is_variance and row.lhs in single:
            row.fix(0.0)


def _fix_latent_covariances(rows: list[Row], latent: set[str]) -> None:
    for row in rows:
        is_covariance = row.op == "~~" and row.lhs != row.rhs
        if row.is_default and is_covariance and row.lhs in latent and row.rhs in latent:
            row.fix(0.0)


def _fix_means(rows: list[Row], latent: set[str], *, growth: bool) -> None:
    for row in rows:
        if row.is_default and row.op == "~1" and (row.lhs in latent) != growth:
            row.fix(0.0)


def _take_from_sample(rows: list[Row], covariates: set[str]) -> None:
    for row in rows:
        if row.is_default and row.op in ("~~", "~1") and row.lhs in covariates:
            row.exogenous = True
            row.fix(math.nan)
