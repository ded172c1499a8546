"""Account tables in which every account stands where a test wants it."""

import pandas as pd

from kamlab.portfolio.declaration.library import load_model


def accounts_in(model, cells, **more):
    """Return accounts A0, A1, … in the named cells of a model of ratings; None has no rating."""
    declared = load_model(model)
    low, high = declared.scale.value
    points = {"low": low + 1, "high": high - 1}
    levels = {cell.name: [own[0] for own in cell.levels] for cell in declared.cells}
    rows = []
    for name in cells:
        row = {}
        for number, axis in enumerate(declared.axes):
            for item in axis.items:
                score = float("nan") if name is None else points[levels[name][number]]
                row[item.column] = low + high - score if item.reverse else score
        rows.append(row)
    ids = [f"A{number}" for number in range(len(cells))]
    return pd.DataFrame(rows).assign(account_id=ids, **more)
