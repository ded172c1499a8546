"""Hypotheses declared together, and what became of the declaration since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from kamlab.foundation.language import Text, same
from kamlab.hypotheses.hypothesis import Hypothesis

Correction = Literal["holm", "bh", "none"]


@dataclass(frozen=True, slots=True)
class Seal:
    """What was declared, and when.

    Attributes
    ----------
    declared_on : date
    dated_by : {"clock", "hand"}
        Whether the computer's clock or the user gave the date.
    sha256 : str
        Of the text.
    text : str
        The canonical text of everything declared.
    """

    declared_on: date
    dated_by: Literal["clock", "hand"]
    sha256: str
    text: str


@dataclass(frozen=True, eq=False)
class Declaration:
    """Hypotheses declared together; made by `declare_hypotheses` and `load_hypotheses`."""

    hypotheses: tuple[Hypothesis, ...]
    correction: Correction = "holm"
    conf_level: float = 0.95
    title: Text = field(default_factory=lambda: same(""))
    seals: tuple[Seal, ...] = ()
    path: Path | None = None
