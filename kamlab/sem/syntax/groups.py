"""Rows for several groups, and what `group_equal` holds equal among them."""

from __future__ import annotations

from typing import Final

from kamlab.sem.syntax.entries import Variables
from kamlab.sem.syntax.rows import Options, Row

EQUALITIES: Final = (
    "loadings",
    "intercepts",
    "means",
    "regressions",
    "residuals",
    "residual.covariances",
    "lv.variances",
    "lv.covariances",
)


def in_groups(rows: list[Row], options: Options, variables: Variables) -> list[Row]:
    """Repeat the rows for each group; later groups lose what equality makes superfluous.

    With equal intercepts the latent means, with equal loadings under `std_lv` the latent
    variances of later groups are identified, and lavaan frees them.
    """
    latent = set(variables.latent)
    equal = options.group_equal
    frees_means = "intercepts" in equal and "means" not in equal
    frees_variances = options.std_lv and "loadings" in equal and "lv.variances" not in equal
    everywhere = list(rows)
    for group in range(2, options.n_groups + 1):
        for row in rows:
            copy = _copy(row, group)
            frees = (frees_means and row.op == "~1") or (frees_variances and row.is_variance)
            if frees and row.is_default and row.lhs in latent:
                copy.release()
            everywhere.append(copy)
    return everywhere


def labels_of(
    rows: list[Row], options: Options, variables: Variables, partial: frozenset[str]
) -> list[str]:
    """Return a label for each row, the user's or one made of the names; equal ones are shared."""
    labels = []
    for row in rows:
        own = f"{row.lhs}{row.op}{row.rhs}"
        if row.group > 1 and (own in partial or not _held(row, options, variables)):
            own += f".g{row.group}"
        labels.append(row.label or own)
    return labels


def _copy(row: Row, group: int) -> Row:
    return Row(
        row.lhs,
        row.op,
        row.rhs,
        row.entry,
        free=row.free,
        value=row.value,
        exogenous=row.exogenous,
        group=group,
    )


def _held(row: Row, options: Options, variables: Variables) -> bool:
    """Tell whether a row is among those that `group_equal` holds equal."""
    if row.exogenous or not options.group_equal:
        return False
    kind = _kind(row, variables)
    return kind in options.group_equal


def _kind(row: Row, variables: Variables) -> str:
    """Return the kind of a row in the terms of `group_equal`."""
    if row.op == "=~":
        return "loadings"
    if row.op == "~":
        return "regressions"
    is_latent = row.lhs in variables.latent
    if not is_latent and row.lhs in variables.covariates:
        return ""
    if row.op == "~1":
        return "means" if is_latent else "intercepts"
    if row.lhs == row.rhs:
        return "lv.variances" if is_latent else "residuals"
    return "lv.covariances" if is_latent else "residual.covariances"
