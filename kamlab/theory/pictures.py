"""Pictures of a test of commitment-trust theory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kamlab.accounts.tables import constructs
from kamlab.foundation import style
from kamlab.foundation.columns import column
from kamlab.foundation.language import Text, paragraph, say
from kamlab.sem.drawing import diagram as diagram_of
from kamlab.sem.picture.path_diagram import draw_diagram
from kamlab.theory.kmv import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamlab.theory.assessment import TheoryAssessment


def intervals(found: TheoryAssessment, ax: Axes | None) -> Axes:
    """Draw the thirteen estimates with intervals; marks tell the verdicts apart."""
    table = found.tidy()
    labels = [str(found.term_labels[term]) for term in table["term"]]
    signed = [f"{text} ({sign})" for text, sign in zip(labels, table["sign"], strict=True)]
    counts = {name: int((table["verdict"] == name).sum()) for name in VERDICTS}
    with style.canvas(ax, width=8.0, height=5.4) as ax:
        for name, look in zip(VERDICTS, style.looks(), strict=False):
            own = table["verdict"] == name
            if own.any():
                word = str(column("verdict").values[name])
                rows = np.flatnonzero(own).astype(float)
                style.intervals(ax, table[own], rows, look=look, label=word)
        style.term_axis(ax, signed)
        ax.set_xlabel(str(say("theory.axis")))
        style.legend_below(ax)
        style.finish(
            ax,
            title=say("theory.plot_title", nobs=found.nobs),
            alt=say("theory.alt", count=len(table), **counts),
        )
    return ax


def diagram(found: TheoryAssessment, ax: Axes | None, *, measurement: bool | None) -> Axes:
    """Draw the model with its estimates, constructs in words.

    Scores have been standardised before the fit, so there the estimates themselves are shown, as
    in the table of hypotheses.
    """
    return draw_diagram(
        diagram_of(found.fit, 1),
        labels={construct.name: construct.label for construct in constructs()},
        title=say("theory.plot_title", nobs=found.nobs),
        numbers="standardised" if found.standardised else "estimate",
        measurement=measurement,
        remark=_remark(found),
        ax=ax,
    )


def _remark(found: TheoryAssessment) -> Text:
    data = say("theory.diagram_data", source=found.evidence.source)
    return data if found.standardised else paragraph([data, say("theory.diagram_scores")])
