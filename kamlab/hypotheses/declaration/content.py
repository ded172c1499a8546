"""What is declared, as plain entries and as the one text that is sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from kamlab.foundation.claims import Claim
from kamlab.foundation.language import Text, same
from kamlab.hypotheses.hypothesis import Hypothesis

DEFAULTS = {field.name: field.default for field in fields(Hypothesis)}
ALWAYS = ("statement", "method", "model")
"""What is written even where it is as it would be if left out."""
NOT_TESTED = ("statement", "family", "source", "not_measurable")
"""The entries of a hypothesis that no table can tell of."""
OF_ALL = "declaration"
"""Where correction and level stand, which belong to no hypothesis."""

Entry = dict[str, Any]


def entry_of(hypothesis: Hypothesis) -> Entry:
    """Return a hypothesis as plain entries; what is left out is as `Hypothesis` has it."""
    tested = hypothesis.not_measurable is None
    always = ALWAYS if tested else ("statement",)
    names = [name for name in DEFAULTS if name != "name" and (tested or name in NOT_TESTED)]
    given = {name: getattr(hypothesis, name) for name in names}
    return {
        name: _plain(value, hypothesis.statement)
        for name, value in given.items()
        if name in always or value != DEFAULTS[name]
    }


def canonical_text(hypotheses: Iterable[Hypothesis], correction: str, conf_level: float) -> str:
    """Return the text that is sealed: JSON, one line for the rules and one per hypothesis.

    The order in which hypotheses stand does not count, nor does the title.
    """
    rules = {"conf_level": conf_level, "correction": correction}
    ordered = sorted(hypotheses, key=lambda hypothesis: hypothesis.name)
    lines = [rules, *({"name": h.name} | entry_of(h) for h in ordered)]
    written = (json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    # Neither may stand in a literal string of TOML, in which the text is kept.
    return "".join(written).replace("'''", r"''\u0027").replace("\x7f", r"\u007f")


def parts_of(text: str) -> dict[str, dict[str, Any]]:
    """Return what a sealed text declares: by hypothesis, each field and its value.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    lines = [json.loads(line) for line in text.split("\n") if line]
    if not lines or not all(isinstance(line, dict) for line in lines):
        raise ValueError(text)
    if not all(isinstance(line.get("name"), str) for line in lines[1:]):
        raise ValueError(text)
    named = {line.pop("name"): _flat(line) for line in lines[1:]}
    return {OF_ALL: _flat(lines[0])} | named


def _plain(value: object, statement: Text) -> object:
    if isinstance(value, Text):
        return {"en": value.en, "ja": value.ja}
    if isinstance(value, Claim):
        return _of_claim(value, statement)
    return float(value) if isinstance(value, float) else value


def _of_claim(claim: Claim, statement: Text) -> Entry:
    """Return where a statement is from; its value only where it is not the statement itself."""
    words = {name: getattr(claim, name) for name in ("value", "source", "page")}
    given = {name: same(word) if isinstance(word, str) else word for name, word in words.items()}
    if isinstance(given["value"], int):
        given["value"] = float(given["value"])
    if given["value"] == statement:
        del given["value"]
    given |= {"status": claim.status.value, "unit": claim.unit}
    return {name: _plain(v, statement) for name, v in given.items() if str(v).strip()}


def _flat(entry: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested entries as `source.status` and its like."""
    flat: dict[str, Any] = {}
    for name, value in entry.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[before + name] = value
    return flat
