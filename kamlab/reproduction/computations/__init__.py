"""How kamlab computes what others printed: a function per quantity, by the name files give it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.reproduction.computations import (
    formulas,
    portfolios,
    purchases,
    retention_curves,
    sales_force,
    theory,
)

COMPUTATIONS: Mapping[str, Callable[..., float]] = {
    **formulas.COMPUTATIONS,
    **portfolios.COMPUTATIONS,
    **purchases.COMPUTATIONS,
    **retention_curves.COMPUTATIONS,
    **sales_force.COMPUTATIONS,
    **theory.COMPUTATIONS,
}
"""From the name in a file to the function; each returns one number."""
