"""A model with other weights or cuts than its file has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kamlab.foundation import toml_entries
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.portfolio.declaration import entries
from kamlab.portfolio.declaration.model import Axis, Model

GivenCut = str | float | Sequence[float]

YOUR_CUT = "kl.classify(cut=...)"
"""The source of a cut that the user has chosen."""


def with_weights(model: Model, weights: Mapping[str, float]) -> Model:
    """Return the model with other weights for some columns, or raise `ArgumentError`."""
    columns = [item.column for axis in model.axes for item in axis.items]
    if not isinstance(weights, Mapping):
        raise ArgumentError(say("portfolio.bad_weights_given", got=toml_entries.shown(weights)))
    for column, weight in weights.items():
        if column not in columns:
            raise ArgumentError(_unknown("portfolio.unknown_weight", column, columns))
        try:
            entries.weight(weight)
        except ValueError as error:
            words = {"column": column, "weight": toml_entries.shown(weight)}
            raise ArgumentError(say("portfolio.bad_weight", **words)) from error
    return replace(model, axes=tuple(_reweighted(axis, weights) for axis in model.axes))


def _reweighted(axis: Axis, weights: Mapping[str, float]) -> Axis:
    items = tuple(
        replace(item, weight=float(weights.get(item.column, item.weight))) for item in axis.items
    )
    if items and not sum(item.weight for item in items) > 0:
        raise ArgumentError(say("portfolio.no_weight_left", axis=axis.label))
    return replace(axis, items=items)


def with_cuts(model: Model, cut: GivenCut | Mapping[str, GivenCut]) -> Model:
    """Return the model with one cut for all axes, or one for some, or raise `ArgumentError`."""
    scored = [axis.name for axis in model.axes if not axis.is_ladder]
    if not scored:
        raise ArgumentError(say("portfolio.no_scored_axis", model=model.name))
    given = dict(cut) if isinstance(cut, Mapping) else dict.fromkeys(scored, cut)
    for name in given.keys() - set(scored):
        raise ArgumentError(_unknown("portfolio.unknown_axis", name, scored))
    scale = model.scale.value
    axes = (_recut(a, given[a.name], scale) if a.name in given else a for a in model.axes)
    return replace(model, axes=tuple(axes))


def _recut(axis: Axis, cut: GivenCut, scale: tuple[float, float]) -> Axis:
    rule = entries.checked_cut(cut)
    low, high = scale
    if not isinstance(rule, str) and not all(low < score <= high for score in rule):
        words = {"cut": toml_entries.shown(cut), "low": f"{low:g}", "high": f"{high:g}"}
        raise ArgumentError(say("portfolio.cut_off_scale", **words))
    borders, needed = 1 if isinstance(rule, str) else len(rule), len(axis.levels) - 1
    if borders != needed:
        counts = {"given": borders, "needed": needed}
        raise ArgumentError(say("portfolio.wrong_number_of_cuts", axis=axis.label, **counts))
    return replace(axis, cut=Claim(rule, Status.DESIGN, YOUR_CUT))


def _unknown(key: str, name: str, known: list[str]) -> Text:
    hint = nearest_hint(name, known)
    return say(key, name=name, hint=hint, known=join([same(other) for other in known]))
