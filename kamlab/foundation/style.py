"""How figures look: colours that everybody can tell apart, Japanese out of the box, alt text.

Colour is never the only code: every colour comes with a marker of its own.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from kamlab.foundation.columns import column
from kamlab.foundation.language import Text

WIDTH = 7.0
HEIGHT = 4.4
DPI = 110
INK = "#222222"
QUIET = "#767676"
FAINT = "#dddddd"
LEGEND_DROP = 0.48
"""Inches from the axes to a legend below them: past tick labels and the axis label."""


@dataclass(frozen=True, slots=True)
class Look:
    """A colour with the marker that says the same without colour."""

    color: str
    marker: str


# Okabe and Ito's palette (2008), made to be told apart with any kind of colour vision; its
# yellow is left out, being too faint on white.
LOOKS = (
    Look("#0072B2", "o"),
    Look("#D55E00", "s"),
    Look("#009E73", "^"),
    Look("#CC79A7", "D"),
    Look("#E69F00", "v"),
    Look("#56B4E9", "P"),
)


def looks() -> Iterator[Look]:
    """Return the looks in order, again from the first when they run out."""
    return cycle(LOOKS)


@cache
def font_families() -> list[str]:
    """Register the Japanese font that comes with kamlab's dependencies; return the families."""
    # Importing matplotlib_fontja would change the user's own matplotlib settings.
    package = cast("ModuleSpec", find_spec("matplotlib_fontja")).submodule_search_locations
    path = Path(cast("list[str]", package)[0], "fonts", "ipaexg.ttf")
    font_manager.fontManager.addfont(path)
    return [font_manager.FontProperties(fname=path).get_name(), "DejaVu Sans"]


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in kamlab's style within a `with` block; the user's own settings stay as they are."""
    settings: Any = {
        "font.family": font_families(),
        "font.size": 10.0,
        "axes.titlesize": 11.5,
        "axes.titlelocation": "left",
        "axes.titlepad": 10.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.unicode_minus": False,
        "legend.frameon": False,
        "text.parse_math": False,  # a name may have dollar signs
        "savefig.dpi": DPI,
    }
    with mpl.rc_context(settings):
        yield


class DescribedFigure(Figure):
    """A figure that carries its alt text wherever a notebook shows it.

    JupyterLab and nbconvert drop a PNG's alt text, so the picture is shown as HTML with `alt`;
    the PNG goes along for programs that show no HTML, and the text for those that show neither.
    """

    alt: str = ""

    def png(self) -> bytes:
        """Return the picture as PNG."""
        buffer = BytesIO()
        with drawing():
            self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def html(self) -> str:
        """Return the picture as an HTML image with its alt text."""
        return self._html(self._base64())

    def _base64(self) -> str:
        return base64.b64encode(self.png()).decode("ascii")

    def _html(self, data: str) -> str:
        return (
            f'<img src="data:image/png;base64,{data}" alt="{escape(self.alt, quote=True)}" '
            f'style="max-width:100%">'
        )

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        data = self._base64()
        bundle = {"text/html": self._html(data), "image/png": data, "text/plain": self.alt}
        return bundle, {"image/png": {"alt": self.alt}}


@contextmanager
def canvas(
    ax: Axes | None = None, *, width: float = WIDTH, height: float = HEIGHT
) -> Iterator[Axes]:
    """Give Axes in kamlab's style: the user's own, or those of a new figure (size in inches)."""
    if ax is not None:
        with drawing():
            yield ax
    else:
        # Outside the context: the first figure of a session makes matplotlib interactive, which
        # the end of the context would undo, and no later figure would be shown.
        figure = plt.figure(
            FigureClass=DescribedFigure, figsize=(width, height), dpi=DPI, layout="constrained"
        )
        with drawing():
            yield figure.add_subplot()


def new_figure(*, width: float = WIDTH, height: float = HEIGHT) -> DescribedFigure:
    """Return a figure that pyplot does not know, for explorers that draw again and again."""
    figure = DescribedFigure(figsize=(width, height), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def html_text(text: str) -> str:
    """Return a sentence as a paragraph of HTML, its names made harmless."""
    return f"<p>{escape(text)}</p>"


def finish(ax: Axes, *, title: Text, alt: Text) -> None:
    """Put the title and the alt text, and let ticks made later find Japanese characters."""
    for text in (ax.set_title(str(title)), ax.xaxis.label, ax.yaxis.label):
        text.set_fontfamily(font_families())
    ax.tick_params(labelfontfamily=font_families())
    if isinstance(ax.figure, DescribedFigure):
        ax.figure.alt = str(alt)


def intervals(
    ax: Axes,
    table: pd.DataFrame,
    rows: NDArray[np.float64],
    *,
    look: Look,
    label: str | None = None,
) -> None:
    """Draw `estimate` with `conf_low` and `conf_high`, one row each."""
    estimate = table["estimate"].to_numpy(dtype=float)
    low, high = (table[name].to_numpy(dtype=float) for name in ("conf_low", "conf_high"))
    ax.hlines(rows, low, high, color=look.color)
    ax.plot(np.r_[low, high], np.r_[rows, rows], "|", color=look.color)
    ax.plot(estimate, rows, look.marker, color=look.color, label=label)


def term_axis(ax: Axes, terms: Sequence[str], *, null: float = 0.0) -> None:
    """Name the rows from the top down and mark the value that means no effect."""
    ax.set_yticks(range(len(terms)), list(terms))
    ax.set_ylim(len(terms) - 0.4, -0.6)
    ax.axvline(null, color=QUIET, linewidth=1, linestyle=":")
    ax.set_xlabel(str(column("estimate").label))


def legend_below(ax: Axes) -> None:
    """Put the legend under the axes, where nobody takes its marks for data."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    below = ax.transAxes + ScaledTranslation(0, -LEGEND_DROP, figure.dpi_scale_trans)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=below, ncols=3)


def plain_log_ticks(ax: Axes) -> None:
    """Write plain numbers on a logarithmic horizontal axis."""
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0, 7.0)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
