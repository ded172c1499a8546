"""What is said about a path diagram: in its alt text and under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.sem.picture.diagram import Diagram, Edge
from kamlab.sem.picture.inks import NEGATIVE, PLAIN, POSITIVE, THIN, UNCLEAR, ink_of, width_of_line
from kamlab.sem.picture.numbers import Shown, number_words
from kamlab.sem.picture.roles import indicator_homes

MOST_TOLD = 20
"""More arrows than this nobody listens to."""


def alt_text(
    whole: Diagram,
    drawn: Diagram,
    curves: Sequence[Edge],
    labels: Mapping[str, Text | str],
    shown: Shown,
) -> Text:
    """Return what a path diagram shows, for those who do not see it.

    Parameters
    ----------
    whole, drawn : Diagram
        The model, and the part of it that is drawn.
    curves : sequence of Edge
        The covariances that are drawn.
    labels : mapping of str to Text or str
    shown : {"standardised", "estimate", "none"}
    """
    home = indicator_homes(whole)
    latent = sum(node.latent for node in whole.nodes)
    sentences = [say("sem.diagram_alt", latent=latent, observed=len(whole.nodes) - latent)]
    inner = [e for e in drawn.arrows() if home.get(e.effect) != e.cause]
    if inner:
        sentences.append(say("sem.diagram_alt_paths", paths=_told(inner, labels, shown, "arrow")))
    if curves:
        told = _told(curves, labels, shown, "curve")
        sentences.append(say("sem.diagram_alt_covariances", covariances=told))
    factors = dict.fromkeys(home.values())
    if factors and len(drawn.nodes) == len(whole.nodes):
        groups = [_items(drawn, home, factor, labels, shown) for factor in factors]
        sentences.append(say("sem.diagram_alt_items", groups=join(groups)))
    return paragraph(sentences)


def _told(edges: Sequence[Edge], labels: Mapping[str, Text | str], shown: Shown, kind: str) -> Text:
    """Return the arrows as a list, shortened where it is long."""
    said = []
    for edge in edges[:MOST_TOLD]:
        ends = say(
            f"sem.diagram_{kind}",
            cause=same_or(labels, edge.cause),
            effect=same_or(labels, edge.effect),
        )
        words = number_words(edge, shown)
        said.append(say("sem.diagram_valued", arrow=ends, value=words) if words else ends)
    if len(edges) > MOST_TOLD:
        said.append(say("sem.diagram_more", count=len(edges) - MOST_TOLD))
    return join(said)


def _items(
    drawn: Diagram,
    home: Mapping[str, str],
    factor: str,
    labels: Mapping[str, Text | str],
    shown: Shown,
) -> Text:
    loadings = [e for e in drawn.arrows() if e.cause == factor and home.get(e.effect) == factor]
    name = same_or(labels, factor)
    values = [e.standardised for e in loadings if e.standardised == e.standardised]
    if shown != "standardised" or not values:
        return say("sem.diagram_alt_count", factor=name, count=len(loadings))
    low, high = (f"{value:.2f}".replace("-", "−") for value in (min(values), max(values)))
    return say("sem.diagram_alt_range", factor=name, count=len(loadings), low=low, high=high)


def same_or(labels: Mapping[str, Text | str], name: str) -> Text:
    """Return what a variable is called, in both languages."""
    label = labels.get(name, name)
    return label if isinstance(label, Text) else same(label)


def key_text(whole: Diagram, drawn: Diagram, curves: Sequence[Edge], shown: Shown) -> Text | None:
    """Return what the lines and numbers mean and what is left out; None if nothing needs words."""
    edges = [*drawn.arrows(), *curves]
    inks = {ink_of(edge) for edge in edges}
    parts = []
    if shown != "none" and whole.fitted:
        parts.append(say(f"sem.diagram_numbers_{shown}"))
    if any(width_of_line(edge) > THIN for edge in edges):
        parts.append(say("sem.diagram_thickness"))
    named = ((POSITIVE, "positive"), (NEGATIVE, "negative"), (UNCLEAR, "unclear"))
    lines = [say(f"sem.diagram_line_{name}") for ink, name in named if ink in inks]
    if inks - {PLAIN, POSITIVE}:
        parts.append(say("sem.diagram_lines", lines=join(lines)))
    if hidden := len(whole.nodes) - len(drawn.nodes):
        parts.append(say("sem.diagram_hidden_items", count=hidden))
    if left_out := len(drawn.covariances()) - len(curves):
        parts.append(say("sem.diagram_hidden_covariances", count=left_out))
    return paragraph(parts) if parts else None
