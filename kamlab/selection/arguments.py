"""What may be given as a number, and all that is wrong with what was given, said at once."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np

from kamlab.foundation.language import Text, same


def is_whole(given: object) -> TypeGuard[int]:
    """Return whether it is a whole number; yes and no are none."""
    return isinstance(given, int | np.integer) and not isinstance(given, bool)


def is_number(given: object) -> TypeGuard[float]:
    """Return whether it is a number; yes and no are none."""
    return is_whole(given) or isinstance(given, float | np.floating)


def listed(problems: list[Text]) -> Text:
    """Return problems as a list, each on a line of its own."""
    lines = same("")
    for problem in problems:
        lines += same("\n- ") + problem
    return lines
