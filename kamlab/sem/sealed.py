"""Arrays that nobody can write to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit


def seal(arrays: Iterable[np.ndarray[Any, Any] | None]) -> None:
    """Let nobody write to these arrays, without copying them."""
    for array in arrays:
        if array is not None:
            array.flags.writeable = False


def seal_parts(fit: SemFit) -> None:
    """Let nobody write to the arrays that a fit is made of."""
    rows, found = fit.rows, fit.estimate
    seal((rows.group, rows.kind, rows.row, rows.column, rows.number, fit.table.numbers))
    seal((fit.covariates, found.theta, found.jacobian, *fit.data.kept))
    for sample in fit.data.samples:
        seal((sample.cov, sample.mean, sample.rows))
    for block in fit.data.blocks:
        seal((block.places, block.cov, block.mean, block.rows))
