"""The true effects of a simulated company: the usual ones, or others to try out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from kamlab.accounts.simulation.truth import CENTRES, LOG_MARGIN, RETENTION
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, listed, paragraph, say
from kamlab.foundation.nearest import nearest_hint

Effects = Mapping[str, float]

STRONGEST = 5.0
"""In absolute value; beyond it renewals are certain and margins no sums of money."""
USUAL: Mapping[str, Effects] = MappingProxyType({"retention": RETENTION, "log_margin": LOG_MARGIN})
KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {outcome: tuple(dict.fromkeys([*usual, *CENTRES])) for outcome, usual in USUAL.items()}
)
"""Names of effects by outcome: every construct, and tenure (staying) or size (margin)."""


def true_effects(retention: Effects | None, log_margin: Effects | None) -> dict[str, Effects]:
    """Return the effects on staying and on the margin, by outcome.

    Parameters
    ----------
    retention, log_margin : mapping of str to float, or None
        What replaces the usual effects, which hold for the rest.

    Raises
    ------
    ArgumentError
        With every name that is unknown and every value that is no number or too strong.
    """
    asked = {"retention": retention or {}, "log_margin": log_margin or {}}
    problems = [text for outcome, given in asked.items() for text in _problems(outcome, given)]
    if problems:
        raise ArgumentError(paragraph(problems))
    return {
        outcome: MappingProxyType({**USUAL[outcome], **_numbers(given)})
        for outcome, given in asked.items()
    }


def _numbers(given: Effects) -> dict[str, float]:
    return {name: float(value) for name, value in given.items()}


def _problems(outcome: str, given: Effects) -> list[Text]:
    if not isinstance(given, Mapping):
        return [say("accounts.simulate_no_effects", outcome=outcome, given=repr(given))]
    known = KNOWN[outcome]
    unknown = [
        say(
            "accounts.simulate_unknown_effect",
            outcome=outcome,
            name=repr(name),
            hint=nearest_hint(name, known),
            known=listed(known),
        )
        for name in given
        if name not in known
    ]
    wrong = [
        say(
            "accounts.simulate_wrong_effect",
            outcome=outcome,
            name=repr(name),
            given=repr(value),
            strongest=f"{STRONGEST:g}",
        )
        for name, value in given.items()
        if name in known and not _fits(value)
    ]
    return unknown + wrong


def _fits(value: Any) -> bool:
    is_number = isinstance(value, int | float | np.integer | np.floating)
    return is_number and not isinstance(value, bool) and abs(float(value)) <= STRONGEST
