"""Of what kind the arguments of `fit_sem` must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from numbers import Real

import numpy as np

from kamlab.foundation.language import Text, say


def as_names(names: Iterable[str] | None) -> tuple[str, ...]:
    """Return names as a tuple, for a single name or none too; what is no list stays alone."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) or not np.iterable(names) else tuple(names)


def whole(value: object) -> int | None:
    """Return a value as a whole number; None if it is not one, such as 2.5, "2" or True."""
    if not is_number(value) or int(value) != value:  # type: ignore[call-overload]
        return None
    return int(value)  # type: ignore[call-overload,no-any-return]


def is_number(value: object) -> bool:
    """Return whether a value is a finite number; True and False are not."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    # Compared, not converted: a whole number may be too large for a float.
    return bool(-inf < value < inf)  # type: ignore[operator]


def wrong_switches(switches: Mapping[str, object]) -> list[Text]:
    """Say which arguments are neither True, False nor None."""
    return [
        say("sem.switch", name=name, value=value)
        for name, value in switches.items()
        if value is not None and not isinstance(value, bool | np.bool_)
    ]


def wrong_counts(counts: Mapping[str, tuple[object, int]]) -> list[Text]:
    """Say which arguments are no whole numbers, or too small; each comes with the least."""
    problems = []
    for name, (value, least) in counts.items():
        number = whole(value)
        if value is not None and (number is None or number < least):
            problems.append(say("sem.whole_number", name=name, value=value, least=least))
    return problems


def wrong_columns(columns: Mapping[str, object]) -> list[Text]:
    """Say which arguments do not name a column."""
    return [
        say("sem.column_name", name=name, value=value)
        for name, value in columns.items()
        if value is not None and not isinstance(value, str)
    ]


def wrong_names(name: str, given: Iterable[object], example: str) -> list[Text]:
    """Say which parts of a list are no texts."""
    return [
        say("sem.names_list", name=name, value=one, example=example)
        for one in given
        if not isinstance(one, str)
    ]
