"""From histories of customers to counts of renewals made and not made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import ModelError, warn_left_out
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.lent import Lent, frozen
from kamlab.retention.curve.newton import Cells
from kamlab.sem.caller import level_of_caller

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

TELLS_APART = 1e-8
"""Relative to one standard deviation: a covariate closer than this to others follows from them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tally:
    """Renewals counted for a fit, and what they were counted from.

    Attributes
    ----------
    cells : Cells
    customers : DataFrame
        The rows that are used: `entry`, `renewals`, `left`, `count`, the covariates, and what
        else came with them.
    by_account : bool
        Whether a row of `customers` is an account, not a part of a cohort.
    covariates : tuple of str
    means, spreads : ndarray, shape (covariates,)
        Mean and standard deviation over customers.
    n_left_out : int
        Rows that could not be used.
    """

    cells: Cells
    customers: Lent[pd.DataFrame] = Lent()
    by_account: bool
    covariates: tuple[str, ...]
    means: Floats
    spreads: Floats
    n_left_out: int

    @property
    def n_customers(self) -> int:
        """How many customers are counted."""
        return int(self.customers["count"].sum())

    def design_of(self, rows: pd.DataFrame) -> Floats:
        """Return one and the covariates of some rows, in standard deviations from the mean."""
        values = rows[list(self.covariates)].to_numpy(dtype=float)
        return np.column_stack([np.ones(len(rows)), (values - self.means) / self.spreads])


def tally(rows: pd.DataFrame, covariates: tuple[str, ...], *, by_account: bool) -> Tally:
    """Count the renewals of customers.

    Parameters
    ----------
    rows : DataFrame
        Checked: `entry`, `renewals`, `left`, `count`, and the covariates.
    covariates : tuple of str
    by_account : bool

    Raises
    ------
    ModelError
        If a covariate is unknown or the same for all, or follows from the others.

    Warns
    -----
    RowsLeftOutWarning
        If `entry` or a covariate is missing in some rows.
    """
    known = rows[["entry", *covariates]].notna().all(axis=1)
    used = rows[known]
    if unknown := [name for name in covariates if len(rows) and rows[name].isna().all()]:
        listed = join([same(name) for name in unknown])
        raise ModelError(say("retention.curve_unknown", names=listed))
    if len(used) < len(rows):
        warn_left_out(
            len(rows) - len(used), len(rows), _gaps(rows, covariates), stacklevel=level_of_caller()
        )
    values = used[list(covariates)].to_numpy(dtype=float)
    count = used["count"].to_numpy(dtype=float)
    means, spreads = _standard(values, count, covariates)
    kinds, kind = np.unique(values, axis=0, return_inverse=True)
    design = np.column_stack([np.ones(len(kinds)), (kinds - means) / spreads])
    return Tally(
        cells=_cells(used, count, kind.reshape(-1), design),
        customers=used,
        by_account=by_account,
        covariates=covariates,
        means=frozen(means),
        spreads=frozen(spreads),
        n_left_out=len(rows) - len(used),
    )


def _gaps(rows: pd.DataFrame, covariates: tuple[str, ...]) -> Text:
    gaps = rows[["entry", *covariates]].isna().sum()
    named = [same(f"{name} ({count})") for name, count in gaps.items() if count]
    return say("panel.missing_values", columns=join(named))


def _standard(values: Floats, count: Floats, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return means and standard deviations over customers."""
    share = count / max(count.sum(), 1.0)
    means = share @ values
    spreads = np.sqrt(share @ (values - means) ** 2)
    flat = spreads <= TELLS_APART * np.maximum(np.abs(means), 1e-300)
    if flat.any():
        listed = join([same(name) for name, is_flat in zip(names, flat, strict=True) if is_flat])
        raise ModelError(say("retention.curve_flat", names=listed))
    scaled = (values - means) / spreads * np.sqrt(share)[:, None]
    if names and np.linalg.matrix_rank(scaled, tol=TELLS_APART) < len(names):
        listed = join([same(name) for name in names])
        raise ModelError(say("retention.curve_collinear", names=listed))
    return means, spreads


def _cells(rows: pd.DataFrame, count: Floats, kind: NDArray[np.intp], design: Floats) -> Cells:
    """Unfold each history into the renewals that were due, and count equal ones together."""
    entry, renewals, left = (
        rows[name].to_numpy(dtype=np.int64) for name in ("entry", "renewals", "left")
    )
    due = renewals + left - entry
    row = np.repeat(np.arange(len(due)), due)
    renewal = entry[row] + 1 + np.arange(len(row)) - (np.cumsum(due) - due)[row]
    not_made = renewal > renewals[row]
    # One number per kind and renewal: sorting numbers is many times faster than sorting pairs.
    width = int(renewal.max(initial=0)) + 1
    pairs, where = np.unique(kind[row] * width + renewal, return_inverse=True)
    stayed, gone = (
        np.asarray(np.bincount(where, count[row] * own, minlength=len(pairs)), dtype=float)
        for own in (~not_made, not_made)
    )
    some = stayed + gone > 0
    pairs = pairs[some]
    return Cells(design, pairs // width, (pairs % width).astype(float), stayed[some], gone[some])
