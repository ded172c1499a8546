"""Which arguments a computation takes, and which it cannot do without."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature


def taken(function: Callable[..., float] | None) -> set[str]:
    """Return the names of the arguments that a computation takes; none where there is none."""
    return set(signature(function).parameters) if function else set()


def needed(function: Callable[..., float] | None) -> set[str]:
    """Return the names of the arguments without a default."""
    parameters = signature(function).parameters if function else {}
    return {name for name, own in parameters.items() if own.default is Parameter.empty}
