"""Parameters without a maximum of the likelihood, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.value.purchases.histories import Floats

PART = 0.1
"""Of a flat direction's largest entry, from which a parameter counts as running with it."""
NOBODY = 0.01
"""Accounts that may be expected to have left where nobody is said to have."""


@dataclass(frozen=True)
class Runaway:
    """Parameters of one side, buying or leaving, that the data do not determine.

    Attributes
    ----------
    terms : tuple of str
    meaning : {"purchase_alike", "dropout_alike", "dropout_extremes", "dropout_never", "other"}
    """

    terms: tuple[str, ...]
    meaning: str

    @property
    def text(self) -> Text:
        """Which parameters they are, and what that means."""
        meaning = say(f"value.purchases_off_{self.meaning}")
        named = join([same(term) for term in self.terms])
        return say("value.purchases_off", terms=named, meaning=meaning)


def sentence_of(gone: Sequence[Runaway]) -> Text:
    """Return all of them in words, with the remedy."""
    return paragraph([*(one.text for one in gone), say("value.purchases_off_remedy")])


def runaways(flat: Floats, terms: Sequence[str], n_gone: float) -> tuple[Runaway, ...]:
    """Say of flat directions which parameters run off.

    Parameters
    ----------
    flat : ndarray, shape (q, k)
        Pointing uphill.
    terms : sequence of str
        Four parameters, then coefficients `purchase:...` and `dropout:...`.
    n_gone : float
        Accounts expected to have left.
    """
    size = np.abs(flat)
    off = (size > PART * size.max(axis=0, initial=0.0)).any(axis=1)
    uphill = np.sign(flat.sum(axis=1) * off)
    sides = ["purchase", "purchase", "dropout", "dropout", *(t.split(":")[0] for t in terms[4:])]
    found = []
    for side, pair in (("purchase", uphill[:2]), ("dropout", uphill[2:4])):
        mine = [t for t, own, runs in zip(terms, sides, off, strict=True) if own == side and runs]
        if mine:
            found.append(Runaway(tuple(mine), _meaning(side, pair, n_gone)))
    return tuple(found)


def _meaning(side: str, uphill: Floats, n_gone: float) -> str:
    if side == "dropout" and n_gone < NOBODY:
        return "dropout_never"
    if (uphill > 0).all():
        return f"{side}_alike"
    return "dropout_extremes" if side == "dropout" and (uphill < 0).all() else "other"
