"""Classification models."""

from __future__ import annotations

from functools import cache
from itertools import product

import pandas as pd

from kamlab.portfolio.classify import classify

ITEMS, POINTS = 6, (1, 2, 3, 4)


@cache
def _cells_of_totals() -> dict[int, str]:
    totals = list(range(ITEMS * min(POINTS), ITEMS * max(POINTS) + 1))
    names = [f"total {total}" for total in totals]
    accounts = pd.DataFrame({"account_id": names, "stage_total": totals})
    cells = classify(accounts, "millman_wilson_bands").augment().set_index("account_id")["cell"]
    return {total: str(cells[name]) for total, name in zip(totals, names, strict=True)}


def ways_to_reach_a_band(cell: str) -> float:
    """Return how many of the ways to answer six items from 1 to 4 lead to a cell."""
    cells = _cells_of_totals()
    return float(sum(cells[sum(answers)] == cell for answers in product(POINTS, repeat=ITEMS)))


COMPUTATIONS = {function.__name__: function for function in (ways_to_reach_a_band,)}
