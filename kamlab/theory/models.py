"""The models as text: commitment-trust theory, its rival, and models of relationship quality.

Every model is written twice: with constructs as observed scores (`..._PATHS`), and with constructs
as latent variables behind their items. All models let the disturbances of outcomes be unrelated,
which lavaan's and kamlab's defaults would not: that commitment and trust account for what outcomes
have in common is part of what a model claims, and could not fail if the rest were free.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from kamlab.accounts.tables import constructs
from kamlab.foundation.claims import Claim
from kamlab.foundation.language import Text, say
from kamlab.theory.kmv import SIGNS, equations

Items = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class TheoryModel:
    """A model as text, and how well it is known.

    Parameters
    ----------
    name : str
    label : Text
    claim : Claim
        The label with status and source.
    paths : str
        The text with constructs as observed variables.
    """

    name: str
    label: Text
    claim: Claim
    paths: str

    @property
    def constructs(self) -> tuple[str, ...]:
        """The constructs that the model is about, in the order of `kl.constructs()`."""
        named = set(re.findall(r"[a-z_]+", re.sub("#.*", "", self.paths)))
        return tuple(construct.name for construct in constructs() if construct.name in named)

    def with_items(self, items: Items | None = None) -> str:
        """Return the text with constructs as latent variables.

        Parameters
        ----------
        items : mapping of str to sequence of str, optional
            The items of each construct, where a survey does not have them all.
        """
        known = items or {construct.name: construct.columns for construct in constructs()}
        measured = [f"{name} =~ {' + '.join(known[name])}" for name in self.constructs]
        return "\n".join([*measured, self.paths])


_declared = tomllib.loads(
    files("kamlab.theory").joinpath("models.toml").read_text(encoding="utf-8")
)


def _text(paths: str, parts: Sequence[str]) -> str:
    return "\n".join([paths.strip(), *(_declared["parts"][part] for part in parts)])


def _kmv() -> TheoryModel:
    paths = "\n".join(f"{outcome} ~ {' + '.join(own)}" for outcome, own in equations().items())
    label = say("theory.kmv")
    claim = Claim(label, SIGNS.status, SIGNS.source)
    return TheoryModel("kmv", label, claim, _text(paths, ("antecedents", "outcomes")))


def _other(name: str) -> TheoryModel:
    entry = _declared["models"][name]
    label = Text.from_toml(entry)
    text = _text(entry["paths"], entry["with"])
    return TheoryModel(name, label, Claim.from_toml(entry, label), text)


MODELS: Mapping[str, TheoryModel] = MappingProxyType(
    {"kmv": _kmv(), **{name: _other(name) for name in _declared["models"]}}
)
"""Every model by name, with its label, status and source."""

KMV = MODELS["kmv"].with_items()
"""Morgan and Hunt's key-mediating-variable model, constructs behind their items."""
KMV_PATHS = MODELS["kmv"].paths
"""The same with the twelve constructs as observed scores: 43 degrees of freedom."""
RIVAL = MODELS["rival"].with_items()
"""Our version of the rival model, constructs behind their items."""
RIVAL_PATHS = MODELS["rival"].paths
"""The same with the twelve constructs as observed scores: 10 degrees of freedom."""
ALTERNATIVES = tuple(name for name in MODELS if "satisfaction" in MODELS[name].constructs)
"""Models of the twelve constructs and satisfaction, which can be compared with each other."""
