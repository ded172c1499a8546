"""One hypothesis beside its evidence, before it is corrected for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.language import Text
from kamlab.hypotheses.corrections import correct
from kamlab.hypotheses.declaration.declaration import Correction, Declaration
from kamlab.hypotheses.evidence import Check, Evidence, Verdict
from kamlab.hypotheses.hypothesis import Hypothesis

Declared = Literal["before", "partly", "after", "changed", "not_declared"]


@dataclass(frozen=True, eq=False)
class Examined:
    """A hypothesis and what the data say of it, or why they say nothing.

    Attributes
    ----------
    hypothesis : Hypothesis
    evidence : Evidence or None
    checks : tuple of Check
    reason : Text or None
        Why it cannot be tested.
    """

    hypothesis: Hypothesis
    evidence: Evidence | None = None
    checks: tuple[Check, ...] = ()
    reason: Text | None = None

    @property
    def null_end(self) -> float:
        """The end of the range claimed that the p-value is about; NaN if it is not tested."""
        if self.evidence is None:
            return np.nan
        return self.evidence.nearest_end(self.hypothesis.low, self.hypothesis.high)

    @property
    def p_value(self) -> float:
        """The p-value before any correction; NaN if it is not tested."""
        return np.nan if self.evidence is None else self.evidence.p_value(self.null_end)

    def verdict(self, conf_level: float) -> Verdict | Literal["not_applicable"]:
        """Return the verdict of the interval alone, without any correction."""
        if self.evidence is None:
            return "not_applicable"
        return self.evidence.verdict(self.hypothesis.low, self.hypothesis.high, conf_level)

    def declared(self, declaration: Declaration | None) -> Declared | None:
        """Return whether the hypothesis was declared before its outcomes were known.

        None where it is not tested, so that it has no outcomes. It counts from the first day on
        which it was declared as it is now, with the same correction and level; others may have
        come or gone since.
        """
        if declaration is None or not declaration.seals:
            return "not_declared"
        day = declaration.declared_on(self.hypothesis.name)
        if day is None:
            return "changed"
        if self.evidence is None:
            return None
        later = (pd.to_datetime(self.evidence.known_on) > pd.Timestamp(day)).to_numpy()
        return "before" if later.all() else "partly" if later.any() else "after"


def corrected(examined: Sequence[Examined], correction: Correction) -> NDArray[np.float64]:
    """Return p-values corrected within families; NaN for what is not tested.

    Parameters
    ----------
    examined : sequence of Examined
    correction : {"holm", "bh", "none"}
    """
    plain = np.array([one.p_value for one in examined], dtype=float)
    found = np.full(len(plain), np.nan)
    families = np.array([one.hypothesis.family for one in examined])
    for family in dict.fromkeys(families):
        own = (families == family) & np.isfinite(plain)
        if own.any():
            found[own] = correct(plain[own], correction)
    return found
