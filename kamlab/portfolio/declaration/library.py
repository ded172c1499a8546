"""The models that come with kamlab, and those that users bring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from kamlab.foundation.claims import Status
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.foundation.toml_source import Source
from kamlab.portfolio.declaration.model import Model
from kamlab.portfolio.declaration.reading import MODEL_FILE, read_model


def load_model(model: str | Path) -> Model:
    """Read a classification model.

    Parameters
    ----------
    model : str or Path
        The name of a model that comes with kamlab, such as `"bensaou"` (`models()` lists
        them), or the path of a `.toml` file of your own.

    Returns
    -------
    Model

    Raises
    ------
    ArgumentError
        If no model of that name comes with kamlab.
    ModelError
        If the file cannot be read or is not right: every mistake with its line.

    Examples
    --------
    >>> [cell.name for cell in load_model("four_s").cells]
    ['strategic', 'star', 'status', 'streamline']
    """
    if str(model).endswith(".toml"):
        return read_model(Path(model))
    return _shipped(str(model))


def models() -> pd.DataFrame:
    """Return the models that come with kamlab, one row each.

    Returns
    -------
    DataFrame
        With the columns model (its id), title, n_axes, n_cells, n_statements and n_recalled
        (statements that nobody has checked against their source).
    """
    rows = []
    for name in shipped_models():
        declared = _shipped(name)
        status = declared.claims()["status"]
        rows.append(
            {
                "model": name,
                "title": str(declared.name),
                "n_axes": len(declared.axes),
                "n_cells": len(declared.cells),
                "n_statements": len(status),
                "n_recalled": int((status == Status.RECALLED).sum()),
            }
        )
    return pd.DataFrame(rows)


@cache
def shipped_models() -> tuple[str, ...]:
    """Return the names of the models that come with kamlab."""
    return tuple(model_files("portfolio", "models"))


@cache
def model_files(room: str, folder: str) -> Mapping[str, Path]:
    """Return the path of every model file in a folder of a room, by the model's name."""
    paths = sorted(Path(str(files(f"kamlab.{room}").joinpath(folder))).glob("*.toml"))
    return MappingProxyType({path.stem: path for path in paths})


@cache
def _shipped(name: str) -> Model:
    if name not in shipped_models():
        plain = re.sub(r"[\W_]", "", name).casefold()
        if plain in _names_that_are_no_model():
            raise ArgumentError(_names_that_are_no_model()[plain])
        hint = nearest_hint(name, shipped_models())
        known = join([same(model) for model in shipped_models()])
        raise ArgumentError(say("portfolio.unknown_model", name=name, hint=hint, known=known))
    return read_model(_path(name))


def _path(name: str) -> Path:
    return model_files("portfolio", "models")[name]


@cache
def _names_that_are_no_model() -> Mapping[str, Text]:
    blocks = [Source.read(_path(name), MODEL_FILE).block("not_this") for name in shipped_models()]
    return {name: block.text("why") for block in blocks for name in block.entry.get("names", ())}
