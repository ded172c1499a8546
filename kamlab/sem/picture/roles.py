"""What the variables of a model are for: which ones only measure, which ones are not explained."""

from __future__ import annotations

from kamlab.sem.picture.diagram import Diagram, Edge

MOST_INDICATORS = 12
"""With more, the paths between the constructs would drown among the items."""

MOST_ITEMS = 60
"""As above, where there are no paths and the items are the model."""

MOST_EXOGENOUS, MOST_BESIDE_ITEMS = 6, 3
MOST_RESIDUAL = 6
"""With more variables (fewer where they have items and paths on both sides), or more covariances of
residuals, the curves are left out."""


def indicator_homes(diagram: Diagram) -> dict[str, str]:
    """Return beside which latent variable each indicator is drawn.

    An observed variable that also is a cause is none, and neither are those of
    latent variables that share all of their indicators, as the curves of a growth model do.
    """
    latent = {node.name for node in diagram.nodes if node.latent}
    busy = {edge.cause for edge in diagram.arrows()}
    loads: dict[str, list[str]] = {}
    for edge in diagram.arrows():
        if edge.kind == "loading" and edge.effect not in busy | latent:
            loads.setdefault(edge.effect, []).append(edge.cause)
    owners = {factors[0] for factors in loads.values() if len(factors) == 1}
    owned = {item: [f for f in factors if f in owners] for item, factors in loads.items()}
    return {item: factors[0] for item, factors in owned.items() if factors}


def shown_part(diagram: Diagram, measurement: bool | None) -> Diagram:
    """Return the model with or without its indicators; None lets their number decide."""
    homes = indicator_homes(diagram)
    inner = diagram.only({node.name for node in diagram.nodes} - set(homes))
    if measurement is None:
        measurement = len(homes) <= (MOST_INDICATORS if inner.arrows() else MOST_ITEMS)
    return diagram if measurement else inner


def shown_covariances(diagram: Diagram, wanted: bool | None) -> list[Edge]:
    """Return the covariances to draw; None leaves out what there is too much of."""
    curves = diagram.covariances()
    if wanted is not None:
        return curves if wanted else []
    arrows = diagram.arrows()
    explained = {edge.effect for edge in arrows}
    of_causes = [e for e in curves if not {e.cause, e.effect} & explained]
    of_residuals = [e for e in curves if {e.cause, e.effect} & explained]
    ends = {end for edge in of_causes for end in (edge.cause, edge.effect)}
    has_items = not ends.isdisjoint(indicator_homes(diagram).values())
    hemmed_in = has_items and any(edge.kind == "path" for edge in arrows)
    most = MOST_BESIDE_ITEMS if hemmed_in else MOST_EXOGENOUS
    return [
        *(of_causes if len(ends) <= most else []),
        *(of_residuals if len(of_residuals) <= MOST_RESIDUAL else []),
    ]
