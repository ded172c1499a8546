"""What makes values doubtful, whatever the regressions say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, say
from kamlab.panel.analysis_table import ROW
from kamlab.panel.regression import Regression

STALE = pd.DateOffset(years=1)
"""How long after its last period an account that was never said to have left becomes doubtful."""


def cautions(rows: pd.DataFrame, valued: pd.DataFrame) -> tuple[Text, ...]:
    """Return what a reader of values should be warned of.

    Parameters
    ----------
    rows : DataFrame
        The analysis table.
    valued : DataFrame
        The rows of the accounts that are valued.
    """
    found = []
    if "end" in valued:
        stale = int((valued["end"] + STALE < rows["start"].max()).sum())
        if stale:
            found.append(say("value.stale", count=stale))
    bound = int((rows["stayed"].notna() & ~rows["decided"]).sum())
    if bound:
        found.append(say("value.not_offered", count=bound))
    return tuple(found)


def need_same_table(stay: Regression, rows: pd.DataFrame) -> None:
    """Refuse regressions of different tables, such as of two companies.

    Raises
    ------
    ModelError
        If a row that `stay` is fitted to is not in the other's table, or ended otherwise.
    """
    other = rows.set_index(ROW)["stayed"]
    used = stay.design.used
    found = other.reindex(pd.MultiIndex.from_frame(used[ROW])).astype("float64").to_numpy()
    if not np.array_equal(found, used["stayed"].astype("float64").to_numpy()):
        raise ModelError(say("value.two_tables"))
