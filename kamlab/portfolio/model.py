"""A classification model as its file declares it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from itertools import product
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from kamlab.foundation.claims import Claim
from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import Text, join, same, say

Part = TypeVar("Part")
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


def checked_cut(rule: object) -> str | float:
    """Return a cut rule, or raise `ArgumentError` saying which there are."""
    known = rule in CUT_RULES if isinstance(rule, str) else isfinite(rule)  # type: ignore[arg-type]
    if not known:
        raise ArgumentError(say("portfolio.bad_cut", cut=rule))
    return rule  # type: ignore[return-value]


def shipped_models() -> list[str]:
    """Return the names of the models that come with kamlab."""
    folder = files("kamlab.portfolio").joinpath("models")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())


@cache
def _shipped(name: str) -> Model:
    if name not in shipped_models():
        known = join([same(model) for model in shipped_models()])
        raise ArgumentError(say("portfolio.unknown_model", name=name, known=known))
    return _read(Path(str(files("kamlab.portfolio").joinpath("models", f"{name}.toml"))))


def _read(path: Path) -> Model:
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(say("portfolio.no_such_file", path=path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(say("portfolio.unreadable", file=path.name, reason=error)) from error
    return _Reader(path.name).model(declared)


class _Reader:
    """Reads a model's declaration part by part, and says all that is wrong with it at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Text] = []

    def part(self, place: str, make: Callable[[], Part]) -> Part | None:
        """Return a part of the model; without one, note where and why it cannot be made."""
        try:
            return make()
        except KeyError as error:
            self.problems.append(say("portfolio.missing_entry", place=place, entry=error.args[0]))
        except ArgumentError as error:
            self.problems.append(error.text)
        except (TypeError, ValueError, AttributeError) as error:
            self.problems.append(say("portfolio.bad_entry", place=place, reason=error))
        return None

    def parts(
        self, declared: Mapping[str, Any], kind: str, make: Callable[[Any], Part]
    ) -> tuple[Part, ...]:
        """Return all parts of one kind, such as the axes."""
        entries = self.part(kind, lambda: list(declared[kind])) or []
        made = []
        for number, entry in enumerate(entries, start=1):
            name = entry.get("name", number) if isinstance(entry, Mapping) else number
            made.append(self.part(f"{kind} {name}", partial(make, entry)))
        return tuple(part for part in made if part is not None)

    def model(self, declared: Mapping[str, Any]) -> Model:
        """Return the model, or raise `ModelError` with every problem."""
        head = {
            "id": self.part("id", lambda: str(declared["id"])),
            "name": self.part("name", lambda: Text.from_toml(declared["name"])),
            "citation": self.part("citation", lambda: _citation(declared["citation"])),
            "scale": self.part("scale", lambda: _scale(declared["scale"])),
            "cut": self.part("cut", lambda: _cut(declared["cut"])),
        }
        axes = self.parts(declared, "axis", _axis)
        self.refuse()
        cells = self.parts(declared, "cell", lambda entry: _cell(entry, axes))
        self.problems += _about_names("axis", [axis.name for axis in axes])
        self.problems += _about_names("cell", [cell.name for cell in cells])
        self.refuse()
        wanted = set(product(LEVELS, repeat=len(axes)))
        given = [cell.levels for cell in cells]
        if set(given) != wanted or len(given) != len(wanted):
            self.problems.append(say("portfolio.bad_cells", count=len(wanted)))
        self.refuse()
        missing = tuple(Text.from_toml(entry) for entry in declared.get("missing", ()))
        return Model(**head, axes=axes, cells=cells, missing=missing)  # type: ignore[arg-type]

    def refuse(self) -> None:
        """Raise `ModelError` if anything is wrong so far."""
        if self.problems:
            problems = join(self.problems)
            raise ModelError(say("portfolio.bad_model", file=self.file, problems=problems))


def _citation(entry: Mapping[str, Any]) -> Claim:
    return Claim(entry["text"], entry["status"], entry["text"])


def _scale(entry: Mapping[str, Any]) -> Claim:
    low, high = float(entry["minimum"]), float(entry["maximum"])
    if not low < high:
        raise ValueError(f"minimum {low:g}, maximum {high:g}")
    return Claim.from_toml(entry, (low, high))


def _cut(entry: Mapping[str, Any]) -> Claim:
    return Claim.from_toml(entry, checked_cut(entry["rule"]))


def _axis(entry: Mapping[str, Any]) -> Axis:
    items = {item["column"]: float(item["weight"]) for item in entry["items"]}
    if not all(weight >= 0 for weight in items.values()) or not sum(items.values()) > 0:
        raise ValueError(str(say("portfolio.bad_weights")))
    return Axis(
        name=entry["name"],
        label=Text.from_toml(entry["label"]),
        items=MappingProxyType(items),
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


def _about_names(kind: str, names: list[str]) -> list[Text]:
    twice = [name for name, count in Counter(names).items() if count > 1]
    return [say("portfolio.name_twice", place=f"{kind} {name}") for name in twice]
