"""The picture of a ranking's doubt: between which places an account may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.identity import captions
from kamlab.foundation import style
from kamlab.foundation.language import Text, join, say
from kamlab.foundation.lettering import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PLACES = {"rank": "estimate", "rank_low": "conf_low", "rank_high": "conf_high"}
LONGEST_CAPTION = 22.0
"""Of an account on an axis, in ems; longer ones would leave no room for the picture."""


def axis_captions(rows: pd.DataFrame) -> list[str]:
    """Return id and name of each account, cut to what an axis has room for."""
    return [shortened(caption, LONGEST_CAPTION) for caption in captions(rows)]


def draw_ranking(table: pd.DataFrame, top: int, raised: Text, ax: Axes | None) -> Axes:
    """Draw each account's place with its interval, and how surely it is among the first.

    Parameters
    ----------
    table : DataFrame
        The first rows of `QualityValue.augment()`.
    top : int
        How many places count as the top.
    raised : Text
        What is raised, for the title.
    ax : Axes or None
    """
    rows = np.arange(len(table), dtype=float)
    look = next(style.looks())
    with style.canvas(ax, width=8.0, height=1.6 + 0.3 * len(table)) as ax:
        style.intervals(ax, table.rename(columns=PLACES), rows, look=look)
        style.term_axis(ax, axis_captions(table), null=top + 0.5)
        ax.set_xlim(0, table["rank_high"].max() + 2)
        surely = ax.get_yaxis_transform()
        for row, share in zip(rows, table["in_top"], strict=True):
            ax.text(1.07, row, f"{share:.0%}", transform=surely, ha="right", va="center")
        heading = str(say("value.ranking_share", top=top))
        ax.text(1.07, 1.01, heading, transform=ax.transAxes, ha="right")
        ax.set_xlabel(str(say("value.ranking_axis", top=top)))
        style.finish(
            ax,
            title=say("value.ranking_title", raised=raised),
            alt=say("value.ranking_alt", top=top, accounts=join(_places(table))),
        )
    return ax


def _places(table: pd.DataFrame) -> list[Text]:
    return [
        say(
            "value.ranking_account",
            account=row["account_id"],
            low=row["rank_low"],
            high=row["rank_high"],
            share=f"{row['in_top']:.0%}",
        )
        for row in table.to_dict("records")
    ]
