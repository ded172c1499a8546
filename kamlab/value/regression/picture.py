"""Changes of lifetime value per unit of each term, as a picture and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.language import Text, money, same, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamlab.value.regression.result import ValueRegression

SHOWN = ["estimate", "conf_low", "conf_high"]
PERCENT = ["change", "change_low", "change_high"]


def changes(fit: ValueRegression, table: pd.DataFrame, alt: Text, ax: Axes | None) -> Axes:
    """Draw one interval per term: per cent where terms multiply value, else money."""
    numbers = table[SHOWN]
    if fit.multiplies:
        numbers = 100 * table[PERCENT].set_axis(SHOWN, axis=1)
    labels = [str(fit.term_labels[term]) for term in table["term"]]
    axis = (
        say("value.axis")
        if fit.multiplies
        else say("value.worth_axis_money", currency=_unit(fit.currency))
    )
    with style.canvas(ax, height=1.4 + 0.5 * len(labels)) as ax:
        look = next(style.looks())
        style.intervals(ax, numbers, np.arange(len(numbers), dtype=float), look=look)
        style.term_axis(ax, labels)
        if not fit.multiplies:
            ax.xaxis.set_major_formatter("{x:,.0f}")
            ax.locator_params(axis="x", nbins=6)
        ax.set_xlabel(str(axis))
        key = "value.worth_plot_own" if fit.own_retention else "value.plot_title"
        style.finish(ax, title=say(key), alt=alt)
    return ax


def _unit(currency: str) -> Text:
    return say("value.in_currency", currency=currency) if currency else same("")


def sentences(fit: ValueRegression, table: pd.DataFrame) -> list[Text]:
    """Say each term's change with its interval."""
    told = []
    for row in table.to_dict("records"):
        numbers = [row[name] for name in (PERCENT if fit.multiplies else SHOWN)]
        change, low, high = (
            f"{number:+.1%}" if fit.multiplies else money(number, fit.currency)
            for number in numbers
        )
        label = fit.term_labels[row["term"]]
        told.append(say("value.sentence", term=label, change=change, low=low, high=high))
    return told
