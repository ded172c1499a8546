"""Numbers as sentences have them."""

from __future__ import annotations

SMALLEST = 0.001


def told_p(p_value: float) -> str:
    """Return a p-value with its sign: `"= 0.023"`, or `"< 0.001"`."""
    return f"< {SMALLEST}" if p_value < SMALLEST else f"= {p_value:.3f}"
