"""Self-checks: a learner's answer against one computed afresh, never one written down."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from types import EllipsisType

import numpy as np

from kamlab.accounts.company import Company
from kamlab.accounts.samples import sample_company
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, same, say
from kamlab.lab.questions import QUESTIONS, Answer

RELATIVE_TOLERANCE = 0.01
"""A number within one per cent is right: learners round."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a learner reads; `right` tells whether the answer was."""

    right: bool
    text: Text

    def __str__(self) -> str:
        """Return the feedback in the current language."""
        return ("✔ " if self.right else "→ ") + str(self.text)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p><strong>{escape(str(self))}</strong></p>"


def check_answer(
    question: str, answer: Answer | EllipsisType, company: Company | None = None
) -> Feedback:
    """Check an answer to a question of a notebook.

    Parameters
    ----------
    question : str
        Its id, as it stands in the notebook.
    answer : str, float or ...
        The learner's answer; `...` asks for the question's hint.
    company : Company, optional
        The company that the question is about; the sample company if left out.

    Returns
    -------
    Feedback
        Right or not yet, with a word on why.

    Raises
    ------
    ArgumentError
        If there is no such question.

    Examples
    --------
    >>> check_answer("00-least-likely-to-stay", ...).right
    False
    """
    if question not in QUESTIONS:
        known = join([same(name) for name in QUESTIONS])
        raise ArgumentError(say("lab.unknown_question", question=question, known=known))
    key = question.replace("-", "_").lower()
    if answer is ...:
        return Feedback(right=False, text=say("lab.in_place_of_dots") + say(f"lab.hint_{key}"))
    if _agrees(answer, QUESTIONS[question](company or sample_company())):
        return Feedback(right=True, text=say(f"lab.right_{key}"))
    return Feedback(right=False, text=say("lab.not_yet") + say(f"lab.hint_{key}"))


def _agrees(answer: Answer, expected: Answer) -> bool:
    if isinstance(expected, str):
        return str(answer).strip().casefold() == expected.casefold()
    try:
        value = float(np.asarray(answer).item())
        return bool(np.isclose(value, expected, rtol=RELATIVE_TOLERANCE))
    except (TypeError, ValueError):
        return False
