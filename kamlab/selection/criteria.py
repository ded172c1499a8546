"""The criteria by which accounts are chosen: a model file with two weighted axes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import join, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.portfolio.declaration.adjusting import with_weights
from kamlab.portfolio.declaration.library import load_model, model_files
from kamlab.portfolio.declaration.model import Model

BLOCKS = 2


def load_criteria(
    criteria: str | Path | Model, weights: Mapping[str, float] | None = None
) -> Model:
    """Read criteria for choosing key accounts.

    Parameters
    ----------
    criteria : str, Path or Model
        The name of criteria that come with kamlab, such as `"key_accounts"`, the path of a
        `.toml` file of your own, or a model from `load_model`.
    weights : mapping of str to float, optional
        Other weights for some columns.

    Returns
    -------
    Model

    Raises
    ------
    ArgumentError
        If no criteria of that name come with kamlab, or weights do not fit.
    ModelError
        If the file is not right, or has not exactly two axes with weighted items.
    """
    model = _declared(criteria)
    if len(model.axes) != BLOCKS or any(axis.is_ladder for axis in model.axes):
        raise ModelError(say("selection.needs_two_blocks", model=model.id, count=len(model.axes)))
    return model if weights is None else with_weights(model, weights)


def _declared(criteria: str | Path | Model) -> Model:
    if isinstance(criteria, Model):
        return criteria
    if str(criteria).endswith(".toml"):
        return load_model(criteria)
    if criteria not in shipped_criteria():
        hint = nearest_hint(criteria, shipped_criteria())
        known = join([same(name) for name in shipped_criteria()])
        words = {"name": criteria, "hint": hint, "known": known}
        raise ArgumentError(say("selection.unknown_criteria", **words))
    return _shipped(str(criteria))


def shipped_criteria() -> tuple[str, ...]:
    """Return the names of the criteria that come with kamlab."""
    return tuple(model_files("selection", "criteria"))


@cache
def _shipped(name: str) -> Model:
    return load_model(model_files("selection", "criteria")[name])
