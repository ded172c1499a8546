"""A picture of what came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.tables import table
from kamlab.foundation import style
from kamlab.foundation.language import Text, join, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def rows_in_and_aside(tables: pd.DataFrame, ax: Axes | None) -> Axes:
    """Draw one bar a table: the share of its rows that came in, and of those set aside.

    Parameters
    ----------
    tables : DataFrame
        `Intake.tidy()`.
    ax : Axes or None
    """
    at = np.arange(len(tables), dtype=float)
    read = tables["rows_read"].to_numpy(dtype=float)
    accepted = np.divide(tables["rows_accepted"], read, out=np.zeros_like(read), where=read > 0)
    aside = np.where(read > 0, 1 - accepted, 0.0)
    with style.canvas(ax, width=8.0, height=1.6 + 0.45 * len(tables)) as ax:
        for row, (part, rest) in enumerate(zip(accepted, aside, strict=True)):
            ax.barh(row, part, color=style.QUIET, height=0.6)
            ax.barh(row, rest, left=part, color="white", edgecolor=style.INK, hatch="///")
            counts = {name: f"{tables[name].iloc[row]:,}" for name in ("rows_read", *_SHOWN)}
            ax.text(1.02, row, str(say("intake.picture_counts", **counts)), va="center")
        ax.set_yticks(at, [str(table(name).label) for name in tables["table"]])
        ax.invert_yaxis()
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        ax.set_xlabel(str(say("intake.picture_axis")))
        style.finish(
            ax,
            title=say("intake.picture_title"),
            alt=say("intake.picture_alt", tables=join(_described(tables))),
        )
    return ax


_SHOWN = ("rows_accepted", "rows_set_aside")


def _described(tables: pd.DataFrame) -> list[Text]:
    return [
        say(
            "intake.picture_table",
            table=table(row["table"]).label,
            **{name: f"{row[name]:,}" for name in ("rows_read", *_SHOWN)},
        )
        for row in tables.to_dict("records")
    ]
