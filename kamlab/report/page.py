"""The frame of every page: one HTML file that needs no network and no script, and prints on A4.

What is given as words is escaped; only what these functions return is HTML.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Sequence
from html import escape
from importlib.resources import files
from io import BytesIO
from typing import NewType

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from kamlab.foundation.columns import labelled
from kamlab.foundation.language import Language, Text, say, speaking
from kamlab.foundation.lettering import ems
from kamlab.foundation.style import QUIET, DescribedFigure, drawing, font_families

Html = NewType("Html", str)
"""Finished HTML, names in it made harmless."""

Words = Text | str

PRINT_DPI = 200
"""Dots per inch of pictures: sharp on paper, and about 100 kB each."""

SCREEN_DPI = 96
"""Pixels of a style sheet per inch."""

SHORT = 400.0
"""Ems of a table that stays on one printed page, and is a table on narrow screens too."""

TALL = 0.9
"""Height over width from which a picture may take a printed page for itself."""

NOTHING_ELSE = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may load: nothing from outside, and no script."""


def document(
    title: Words,
    language: Language,
    body: Iterable[Html],
    *,
    lead: Iterable[Html] = (),
    contents: Sequence[tuple[str, Words]] = (),
) -> str:
    """Return a whole page as one HTML file.

    Parameters
    ----------
    title : Text or str
    language : {"en", "ja"}
        Of the page; the blocks should have been made while it was spoken.
    body : iterable of Html
        Sections or other blocks.
    lead : iterable of Html
        What stands between the title and the table of contents.
    contents : sequence of (anchor, heading)
        The table of contents; none if empty.

    Examples
    --------
    >>> page = document("Accounts & more", "en", [paragraph("All is well.")])
    >>> "<title>Accounts &amp; more</title>" in page
    True
    """
    with speaking(language):
        heading = escape(str(title))
        index = _contents(contents) if contents else ""
    css = files("kamlab").joinpath("report", "page.css").read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_ELSE}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{heading}</title>\n<style>\n{css}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{heading}</h1>\n{''.join(lead)}</header>\n{index}"
        f"<main>\n{''.join(body)}</main>\n</body>\n</html>\n"
    )


def section(
    anchor: str, heading: Words, blocks: Iterable[Html], *, number: int | None = None
) -> Html:
    """Return blocks under a heading of the second level.

    Parameters
    ----------
    anchor : str
        By which the table of contents finds it.
    heading : Text or str
    blocks : iterable of Html
    number : int, optional
    """
    before = "" if number is None else f'<span class="number">{number}</span> '
    return _section("part", anchor, Html(before + escape(str(heading))), blocks)


def sheet(anchor: str, heading: Words, blocks: Iterable[Html]) -> Html:
    """Return blocks under a heading, on a printed page of their own."""
    return _section("sheet", anchor, Html(escape(str(heading))), blocks)


def _section(kind: str, anchor: str, heading: Html, blocks: Iterable[Html]) -> Html:
    return Html(
        f'<section class="{kind}" id="{escape(anchor, quote=True)}">\n<h2>{heading}</h2>\n'
        f"{''.join(blocks)}</section>\n"
    )


def subheading(text: Words) -> Html:
    """Return a heading of the third level."""
    return Html(f"<h3>{escape(str(text))}</h3>\n")


def paragraph(text: Words, *, strong: bool = False) -> Html:
    """Return words as a paragraph; a strong one is what a hurried reader should read."""
    kind = ' class="strong"' if strong else ""
    return Html(f"<p{kind}>{escape(str(text))}</p>\n")


def bullets(texts: Iterable[Words]) -> Html:
    """Return a list of sentences."""
    return Html(f"<ul>\n{_items(texts)}</ul>\n")


def note(texts: Iterable[Words], *, heading: Words | None = None) -> Html:
    """Return what must be known beside the numbers, in small type; nothing if there is none."""
    items = _items(texts)
    if not items:
        return Html("")
    title = str(say("report.notes") if heading is None else heading)
    return Html(
        f'<aside class="note">\n<p class="head">{escape(title)}</p>\n<ul>\n{items}</ul>\n</aside>\n'
    )


def caution(text: Words) -> Html:
    """Return a sentence in a frame: simulated data, few accounts, what is missing."""
    return Html(f'<p class="caution">{escape(str(text))}</p>\n')


def facts(pairs: Iterable[tuple[Words, Words]]) -> Html:
    """Return names with what belongs to them, as a list of two columns."""
    rows = "".join(
        f"<div><dt>{escape(str(name))}</dt><dd>{escape(str(value))}</dd></div>\n"
        for name, value in pairs
    )
    return Html(f'<dl class="facts">\n{rows}</dl>\n')


def columns(*blocks: Html) -> Html:
    """Return blocks side by side; one under the other where the page is narrow."""
    cells = "".join(f"<div>\n{block}</div>\n" for block in blocks)
    return Html(f'<div class="columns">\n{cells}</div>\n')


def table(frame: pd.DataFrame, *, caption: Words, to_right: Collection[str] = ()) -> Html:
    """Return a table of a result with its labels, in the current language.

    Parameters
    ----------
    frame : DataFrame
        As `tidy()` gives it; declared columns are shown as `foundation.columns.labelled` shows
        them, numbers to the right. The first column names the row.
    caption : Text or str
        What the table shows; it stands above it.
    to_right : collection of str
        Columns whose cells are numbers already put into words.
    """
    shown = labelled(frame)
    right = [
        name in to_right or _is_number(frame.iloc[:, place])
        for place, name in enumerate(frame.columns)
    ]
    head = "".join(
        f'<th scope="col"{_side(to_right)}>{escape(str(label))}</th>'
        for label, to_right in zip(shown.columns, right, strict=True)
    )
    labels = [str(label) for label in shown.columns]
    rows = "".join(
        f"<tr>{_row(cells, labels, right)}</tr>\n"
        for cells in shown.itertuples(index=False, name=None)
    )
    words = escape(str(caption))
    kind = "table short" if shown.map(ems).to_numpy().sum() <= SHORT else "table"
    return Html(
        f'<div class="{kind}" role="region" aria-label="{escape(str(caption), quote=True)}" '
        f'tabindex="0">\n<table>\n<caption>{words}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def figure(ax: Axes, *, caption: Words | None = None, mark: Words | None = None) -> Html:
    """Return a picture with its alt text, and close it.

    Parameters
    ----------
    ax : Axes
        As `plot()` gives them: of a figure that carries its alt text.
    caption : Text or str, optional
        What to notice; it stands below.
    mark : Text or str, optional
        Put under the picture and into its alt text, so that it goes along with a copy: that the
        data are simulated.
    """
    picture = ax.get_figure(root=True)
    assert isinstance(picture, DescribedFigure)
    alt = picture.alt if mark is None else f"{picture.alt} {mark}"
    data, width, height = _png(picture, mark)
    plt.close(picture)
    below = f"<figcaption>{escape(str(caption))}</figcaption>\n" if caption else ""
    kind = ' class="tall"' if height > TALL * width else ""
    return Html(
        f'<figure{kind}>\n<img src="data:image/png;base64,{data}" alt="{escape(alt, quote=True)}" '
        f'width="{width}">\n{below}</figure>\n'
    )


def _png(picture: DescribedFigure, mark: Words | None) -> tuple[str, int, int]:
    """Return a picture as base64, and its width and height in pixels of the page."""
    buffer = BytesIO()
    with drawing():
        if mark is not None:
            fonts = font_families()
            picture.text(1, 0, str(mark), ha="right", va="top", size=8.5, color=QUIET, family=fonts)
        picture.savefig(
            buffer, format="png", dpi=PRINT_DPI, bbox_inches="tight", metadata={"Software": None}
        )
    data = buffer.getvalue()
    # A PNG states its width and its height from byte 16 on, in four bytes each.
    width, height = (int.from_bytes(data[at : at + 4]) * SCREEN_DPI // PRINT_DPI for at in (16, 20))
    return base64.b64encode(data).decode("ascii"), width, height


def _contents(entries: Sequence[tuple[str, Words]]) -> str:
    items = "".join(
        f'<li><a href="#{escape(anchor, quote=True)}">{escape(str(heading))}</a></li>\n'
        for anchor, heading in entries
    )
    title = escape(str(say("report.contents")))
    return f'<nav aria-label="{title}">\n<p class="head">{title}</p>\n<ol>\n{items}</ol>\n</nav>\n'


def _items(texts: Iterable[Words]) -> str:
    return "".join(f"<li>{escape(str(text))}</li>\n" for text in texts)


def _row(cells: tuple[str, ...], labels: Sequence[str], right: Sequence[bool]) -> str:
    """Return a row; each cell carries its label, for narrow screens that show it as a card."""
    (name, _, name_right), *others = zip(cells, labels, right, strict=True)
    return f'<th scope="row"{_side(name_right)}>{escape(name)}</th>' + "".join(
        f'<td{_side(to_right)} data-label="{escape(label, quote=True)}">{escape(cell)}</td>'
        for cell, label, to_right in others
    )


def _is_number(cells: pd.Series) -> bool:
    return is_numeric_dtype(cells) and not is_bool_dtype(cells)


def _side(to_right: bool) -> str:
    return ' class="number"' if to_right else ""
