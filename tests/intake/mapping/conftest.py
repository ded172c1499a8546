"""Tables as they are found in exports, made by hand."""

import numpy as np
import pandas as pd
import pytest

from kamlab.intake.sources.found import FoundTable


def found_table(name, columns, above=(), header_row=1, divided=()):
    """Return a table whose columns are given as pairs of heading and cells."""
    pairs = list(columns.items() if isinstance(columns, dict) else columns)
    cells = pd.DataFrame({at: pd.Series(c, dtype=object) for at, (_, c) in enumerate(pairs)})
    rows = np.arange(len(cells)) + header_row + 1
    return FoundTable(
        name=name,
        file="crm.xlsx",
        headings=tuple(heading for heading, _ in pairs),
        cells=cells,
        rows=rows,
        header_row=header_row,
        above=tuple(above),
        divided=tuple(divided),
    )


@pytest.fixture(name="found_table")
def found_table_fixture():
    return found_table
