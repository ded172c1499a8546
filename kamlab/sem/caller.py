"""Where the user's own code called kamlab: warnings name that line."""

from __future__ import annotations

import inspect


def level_of_caller() -> int:
    """Return the `stacklevel`, for the function that asks, of the first line outside kamlab."""
    asking = inspect.currentframe()
    frame, level = asking.f_back if asking else None, 1
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] == "kamlab":
        frame, level = frame.f_back, level + 1
    return level
