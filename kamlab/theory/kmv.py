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
VERDICTS = ("supported", "undecided", "refuted")


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


def _in_order() -> tuple[str, ...]:
    outcomes = equations()
    causes = {cause for own in outcomes.values() for cause in own}
    antecedents = [c.name for c in constructs() if c.name in causes - outcomes.keys()]
    return (*antecedents, *outcomes)


NAMES = _in_order()
"""The twelve constructs, causes before outcomes."""
MEDIATORS = tuple(name for name in equations() if any(name == h.cause for h in HYPOTHESES))
"""Trust and commitment."""
ANTECEDENTS = tuple(name for name in NAMES if name not in equations())
OUTCOMES = tuple(name for name in equations() if name not in MEDIATORS)


def verdict(sign: str, conf_low: float, conf_high: float) -> str:
    """Return the verdict on a signed path.

    Parameters
    ----------
    sign : {"+", "-"}
        The direction that the theory states.
    conf_low, conf_high : float

    Returns
    -------
    {"supported", "undecided", "refuted"}
        Supported: the whole interval lies on the theory's side of zero. Refuted: the whole
        interval lies on the other side. Undecided: it holds both.
    """
    low, high = (conf_low, conf_high) if sign == "+" else (-conf_high, -conf_low)
    if low > 0:
        return "supported"
    return "refuted" if high < 0 else "undecided"
