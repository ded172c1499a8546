"""The level of an interval."""

from __future__ import annotations

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say


def tails(conf_level: float) -> tuple[float, float]:
    """Return the two probabilities between which an interval of some level lies.

    Parameters
    ----------
    conf_level : float
        Above 0 and below 1.

    Raises
    ------
    ArgumentError
        If it is not.

    Examples
    --------
    >>> tails(0.5)
    (0.25, 0.75)
    """
    if not 0 < conf_level < 1:
        raise ArgumentError(say("foundation.bad_level", level=conf_level))
    return (1 - conf_level) / 2, (1 + conf_level) / 2
