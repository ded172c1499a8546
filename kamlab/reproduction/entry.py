"""One row of the ledger as a file declares it: a number, where it stands, what it is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kamlab.foundation.claims import Status
from kamlab.foundation.language import Text

NOTHING_SAID = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """A number that others gave, and how to compute it anew; or why nobody can.

    Parameters
    ----------
    work, quantity : Text
        What the number is about, and what it is.
    value : float or None
        As it is given; None where nobody has seen it.
    status : Status or None
        How well the value is known; None where there is none.
    source, page : Text
    computation : str
        Name of the function that computes it; empty where nothing can.
    arguments : mapping of str to object
        What the function is given.
    tolerance : float or None
        The largest difference that is accepted; None where nothing is held against anything.
    because : Text
        Why a difference of this size is accepted.
    reason : Text
        Why the number cannot be reproduced; empty where it is.
    file : str
        Where the row is declared.
    """

    work: Text
    quantity: Text
    value: float | None
    status: Status | None
    source: Text
    page: Text = NOTHING_SAID
    computation: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float | None = None
    because: Text = NOTHING_SAID
    reason: Text = NOTHING_SAID
    file: str = ""
