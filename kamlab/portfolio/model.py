"""A classification model as its file declares it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

from kamlab.foundation.claims import Claim
from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, join, same, say

LEVELS = ("low", "high")
CUT_RULES = ("midpoint", "median")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its items with their weights, and where the axis comes from."""

    name: str
    label: Text
    items: Mapping[str, float]
    origin: Claim


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the level of every axis, a prescription, and where both come from."""

    name: str
    label: Text
    levels: tuple[str, ...]
    origin: Claim
    prescription: Text
    prescription_origin: Claim


@dataclass(frozen=True, slots=True)
class Model:
    """A classification model.

    Attributes
    ----------
    id : str
    name : Text
    citation, scale, cut : Claim
        The work; lowest and highest rating; how an axis is cut into low and high.
    axes : tuple of Axis
    cells : tuple of Cell
        One for every combination of low and high.
    missing : tuple of Text
        What the source has and we do not.
    """

    id: str
    name: Text
    citation: Claim
    scale: Claim
    cut: Claim
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    missing: tuple[Text, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """The columns that the model needs."""
        return tuple(item for axis in self.axes for item in axis.items)


def load_model(model: str | Path) -> Model:
    """Read a classification model.

    Parameters
    ----------
    model : str or Path
        The name of a model that comes with kamlab, such as `"bensaou"`, or the path of a
        `.toml` file of your own.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If there is no such model, or its file does not declare what is needed.
    """
    if str(model).endswith(".toml"):
        return _read(Path(model))
    return _shipped(str(model))


def shipped_models() -> list[str]:
    """Return the names of the models that come with kamlab."""
    folder = files("kamlab.portfolio").joinpath("models")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())


@cache
def _shipped(name: str) -> Model:
    if name not in shipped_models():
        known = join([same(model) for model in shipped_models()])
        raise ModelError(say("portfolio.unknown_model", name=name, known=known))
    return _read(Path(str(files("kamlab.portfolio").joinpath("models", f"{name}.toml"))))


def _read(path: Path) -> Model:
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
        model = _model(declared)
    except FileNotFoundError as error:
        raise ModelError(say("portfolio.no_such_file", path=path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise ModelError(say("portfolio.unreadable", file=path.name, reason=error)) from error
    except KeyError as error:
        raise ModelError(
            say("portfolio.missing_entry", file=path.name, entry=error.args[0])
        ) from error
    _check(model, path.name)
    return model


def _model(declared: Mapping[str, Any]) -> Model:
    scale, cut = declared["scale"], declared["cut"]
    axes = tuple(_axis(entry) for entry in declared["axis"])
    return Model(
        id=declared["id"],
        name=Text.from_toml(declared["name"]),
        citation=Claim(declared["citation"]["text"], **_origin(declared["citation"], "text")),
        scale=Claim.from_toml(scale, (float(scale["minimum"]), float(scale["maximum"]))),
        cut=Claim.from_toml(cut, cut["rule"]),
        axes=axes,
        cells=tuple(_cell(entry, axes) for entry in declared["cell"]),
        missing=tuple(Text.from_toml(entry) for entry in declared.get("missing", ())),
    )


def _origin(entry: Mapping[str, Any], source: str) -> dict[str, Any]:
    return {"status": entry["status"], "source": entry[source]}


def _axis(entry: Mapping[str, Any]) -> Axis:
    return Axis(
        name=entry["name"],
        label=Text.from_toml(entry["label"]),
        items={item["column"]: float(item["weight"]) for item in entry["items"]},
        origin=Claim.from_toml(entry, entry["name"]),
    )


def _cell(entry: Mapping[str, Any], axes: tuple[Axis, ...]) -> Cell:
    prescription = Text.from_toml(entry["prescription"])
    return Cell(
        name=entry["name"],
        label=Text.from_toml(entry["label"]),
        levels=tuple(entry["levels"][axis.name] for axis in axes),
        origin=Claim.from_toml(entry, entry["name"]),
        prescription=prescription,
        prescription_origin=Claim(prescription, entry["prescription_status"], entry["source"]),
    )


def _check(model: Model, file: str) -> None:
    problems = []
    for axis in model.axes:
        if min(axis.items.values(), default=0) < 0 or sum(axis.items.values()) <= 0:
            problems.append(say("portfolio.bad_weights", axis=axis.name))
    wanted = set(product(LEVELS, repeat=len(model.axes)))
    given = [cell.levels for cell in model.cells]
    if set(given) != wanted or len(given) != len(wanted):
        problems.append(say("portfolio.bad_cells", count=len(wanted)))
    if not isinstance(model.cut.value, int | float) and model.cut.value not in CUT_RULES:
        problems.append(say("portfolio.bad_cut", cut=model.cut.value))
    if problems:
        raise ModelError(say("portfolio.bad_model", file=file, problems=join(problems)))
