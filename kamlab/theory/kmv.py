"""The structure of commitment-trust theory: who is said to drive whom, and in which direction."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from kamlab.accounts.tables import constructs
from kamlab.foundation.claims import Claim
from kamlab.foundation.language import Text

ARROW = " → "


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One signed path.

    Parameters
    ----------
    cause, outcome : str
        Names of constructs.
    sign : {"+", "-"}
    """

    cause: str
    outcome: str
    sign: Literal["+", "-"]

    @property
    def name(self) -> str:
        """The path as it is written in tables."""
        return f"{self.cause}{ARROW}{self.outcome}"

    @property
    def label(self) -> Text:
        """The path in words."""
        words = {construct.name: construct.label for construct in constructs()}
        return words[self.cause] + Text(ARROW, ARROW) + words[self.outcome]


_declared = tomllib.loads(files("kamlab.theory").joinpath("kmv.toml").read_text(encoding="utf-8"))

CITATION = Claim(
    _declared["citation"]["text"], _declared["citation"]["status"], _declared["citation"]["text"]
)
SIGNS = Claim.from_toml(_declared["signs"], "the thirteen signs")

HYPOTHESES = tuple(
    Hypothesis(cause, outcome, sign)
    for outcome, causes in _declared["paths"].items()
    for cause, sign in causes.items()
)
"""The thirteen signed paths, equation by equation."""


def equations() -> Mapping[str, tuple[str, ...]]:
    """Return the causes of each outcome."""
    return {outcome: tuple(causes) for outcome, causes in _declared["paths"].items()}


KMV = "\n".join(f"{outcome} ~ {' + '.join(causes)}" for outcome, causes in equations().items())
"""The model as text, in the syntax of the field: one regression a line."""
