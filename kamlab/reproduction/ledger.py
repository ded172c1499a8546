"""Published numbers beside ours: `ledger`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from itertools import chain
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import listed, say
from kamlab.reproduction.computations import COMPUTATIONS
from kamlab.reproduction.entry import LedgerEntry
from kamlab.reproduction.reading import Computations, read_entries, shipped_files

ROUNDING = 1e-12
"""A printed number and ours are doubles; where they differ by the tolerance it is not exceeded."""


def ledger(
    more: str | Path | None = None,
    *,
    computations: Mapping[str, Callable[..., float]] | None = None,
) -> pd.DataFrame:
    """Return the published numbers that kamlab reproduces beside its own, and those it cannot.

    Nothing of ours is stored: what kamlab gives is computed when the ledger is first asked for.

    Parameters
    ----------
    more : str or Path, optional
        A TOML file with rows of your own, put below kamlab's. Each begins with `[[reproduces]]`
        or `[[not_reproduced]]`; the files in `data/published` are examples. Words are in both
        languages, `{ en = "...", ja = "..." }`, or in one for both.
    computations : mapping of str to callable, optional
        Functions of your own that such rows name; each returns one number.

    Returns
    -------
    DataFrame
        One row per number: `work` and `quantity` in words of the current language, `published`
        (as given; missing where nobody has seen it), `ours`, `difference` (ours less published),
        `tolerance`, `within` (missing where nothing is held against anything), `status` (how well
        the published number is known), `source`, `page`, `reason` (why it cannot be reproduced;
        empty where it is), `tolerance_because`, `computation`.

    Raises
    ------
    ModelError
        If a file is not right (every mistake with its line), or a computation gives no number.
    ArgumentError
        If a computation of yours is no function, or bears the name of one of kamlab's.

    Notes
    -----
    `status` is `published` where the number was read in the work itself, `secondary` where it
    came through the source named, `computed` where it was worked out apart from kamlab from data
    or formulas that anyone has: by hand, or by other software. A computed number is nobody's
    finding. A number that is only remembered (`recalled`) is never shown as published.

    Agreement with other software on data of our own (lavaan, R, arithmetic with 20 digits) is
    tested elsewhere, by the thousand, and is not listed here.

    Examples
    --------
    >>> table = ledger()
    >>> bool(table["within"].all())
    True
    >>> table.loc[table["quantity"] == "CDNOW, BG/NBD: r", ["published", "ours"]].round(3).values
    array([[0.243, 0.243]])
    """
    known = {**COMPUTATIONS, **_own(computations or {})}
    files = [*shipped_files(), *([Path(more)] if more is not None else [])]
    found = list(chain.from_iterable(read_entries(file, known) for file in files))
    ours = np.array([_computed(entry, known) for entry in found], dtype=float)
    return _table(found, ours)


def _own(computations: Mapping[str, Callable[..., float]]) -> Computations:
    for name, function in computations.items():
        if not callable(function):
            raise ArgumentError(say("reproduction.not_a_function", name=name))
    if taken := sorted(computations.keys() & COMPUTATIONS.keys()):
        raise ArgumentError(say("reproduction.taken_name", names=listed(taken)))
    return computations


def _computed(entry: LedgerEntry, computations: Computations) -> float:
    if not entry.computation:
        return np.nan
    with warnings.catch_warnings():
        # The data are known; what a fit of them warns of is told in their notebooks.
        warnings.simplefilter("ignore")
        found = computations[entry.computation](**entry.arguments)
    if not isinstance(found, Real) or not np.isfinite(found):
        raise ModelError(
            say(
                "reproduction.not_a_number",
                computation=entry.computation,
                quantity=entry.quantity,
                got=repr(found),
            )
        )
    return float(found)


def _table(found: list[LedgerEntry], ours: np.ndarray) -> pd.DataFrame:
    published, tolerance = (
        np.array([np.nan if one is None else one for one in column], dtype=float)
        for column in ([e.value for e in found], [e.tolerance for e in found])
    )
    difference = ours - published
    within = pd.array(np.abs(difference) <= tolerance + ROUNDING, dtype="boolean")
    within[np.isnan(tolerance)] = pd.NA
    return pd.DataFrame(
        {
            "work": [str(e.work) for e in found],
            "quantity": [str(e.quantity) for e in found],
            "published": published,
            "ours": ours,
            "difference": difference,
            "tolerance": tolerance,
            "within": within,
            "status": [e.status.value if e.status else None for e in found],
            "source": [str(e.source) for e in found],
            "page": [str(e.page) for e in found],
            "reason": [str(e.reason) for e in found],
            "tolerance_because": [str(e.because) for e in found],
            "computation": [e.computation for e in found],
        }
    ).astype({"status": "str"})
