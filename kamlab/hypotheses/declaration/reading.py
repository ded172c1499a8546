"""Reading a declaration from its file; every mistake is refused with its line."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kamlab.foundation import toml_entries as entries
from kamlab.foundation.claims import Claim
from kamlab.foundation.errors import ArgumentError, DataWarning
from kamlab.foundation.language import Text, listed, same, say
from kamlab.foundation.toml_source import Block, FileKind, Source
from kamlab.hypotheses.declaration.declaration import CORRECTIONS, Declaration
from kamlab.hypotheses.declaration.seal import DATED_BY, Seal
from kamlab.hypotheses.hypothesis import Hypothesis

FILE = FileKind(
    unreadable="hypotheses.file_unreadable",
    missing="hypotheses.file_missing",
    wrong="hypotheses.file_wrong",
)
HEAD = "declaration"
BLOCKS = {HEAD, "hypothesis", "seal"}
STRINGS = ("method", "model", "term", "table", "rival", "measure", "family")


def read_declaration(path: Path) -> Declaration:
    """Read a declaration's file, or raise `ModelError` with every mistake."""
    source = Source.read(path, FILE)
    top = source.whole()
    top.taken |= BLOCKS
    top.finish()
    head = source.block(HEAD)
    title = head.take("title", entries.wording, "")
    correction = head.take("correction", one_of(CORRECTIONS), "holm")
    conf_level = head.take("conf_level", level, 0.95)
    head.finish()
    hypotheses = [_hypothesis(n, b) for n, b in source.named_blocks("hypothesis").items()]
    if not source.declared.get("hypothesis"):
        source.note(1, HEAD, say("hypotheses.no_hypotheses"))
    seals = [_seal(block) for block in source.blocks("seal")]
    source.refuse()
    declared = Declaration(
        hypotheses=tuple(one for one in hypotheses if one is not None),
        correction=correction,
        conf_level=conf_level,
        title=title if isinstance(title, Text) else same(title),
        seals=tuple(seal for seal in seals if seal is not None),
        path=path,
    )
    _warn_of_broken_seals(declared)
    return declared


def one_of(known: Sequence[str]) -> Callable[[Any], str]:
    """Return a function that returns one of some words, or says which there are."""

    def checked(value: Any) -> str:
        if value not in known:
            got = entries.shown(value)
            raise ValueError(say("hypotheses.not_one_of", got=got, known=listed(known)))
        return str(value)

    return checked


def level(value: Any) -> float:
    """Return the level of an interval."""
    checked = entries.number(value)
    if not 0 < checked < 1:
        raise ValueError(say("hypotheses.not_a_level", got=entries.shown(value)))
    return checked


def day(value: Any) -> date:
    """Return a day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(say("hypotheses.not_a_day", got=entries.shown(value)))
    return value


def _hypothesis(name: str, block: Block) -> Hypothesis | None:
    problems = len(block.source.problems)
    given: dict[str, Any] = {
        "statement": block.take("statement", entries.wording),
        **{key: block.take(key, _string, "") for key in STRINGS},
        "above": block.take("above", entries.number, None),
        "below": block.take("below", entries.number, None),
        "capacity": block.take("capacity", _whole, None),
        "corrected": block.take("corrected", entries.flag, None),
        "not_measurable": block.take("not_measurable", _reason, None),
    }
    given["source"] = _claim(block, given["statement"])
    block.finish()
    wrong_types = [key for key in block.entry if key in given and given[key] is None]
    if wrong_types or given["statement"] is None:
        return None
    try:
        made = Hypothesis(name=name, **{k: v for k, v in given.items() if v not in (None, "")})
    except ArgumentError as error:
        block.bad("", error.text)
        return None
    return made if len(block.source.problems) == problems else None


def _claim(block: Block, statement: str | Text | None) -> Claim | None:
    if "source" not in block.entry:
        block.taken.add("source")
        return None
    inner = block.inner("source")
    value = inner.take("value", _value, statement)
    claim: Claim | None = inner.claim(same(value) if isinstance(value, str) else value)
    inner.take("unit", _string, "")
    inner.finish()
    return claim


def _seal(block: Block) -> Seal | None:
    declared_on, dated_by = block.take("declared_on", day), block.take("dated_by", one_of(DATED_BY))
    sha256, text = block.take("sha256", _string), block.take("text", _string)
    block.finish()
    if None in (declared_on, dated_by, sha256, text):
        return None
    return Seal(declared_on, dated_by, sha256, text)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(say("hypotheses.not_words", got=entries.shown(value)))
    return value


def _reason(value: Any) -> Text:
    return same(value) if isinstance(value, str) and value.strip() else entries.text(value)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(say("hypotheses.not_whole", got=entries.shown(value)))
    return value


def _value(value: Any) -> Any:
    return entries.wording(value) if isinstance(value, str | dict) else entries.number(value)


def _warn_of_broken_seals(declared: Declaration) -> None:
    broken = [seal.declared_on.isoformat() for seal in declared.seals if seal.is_broken]
    if broken and declared.path:
        words = {"file": declared.path.name, "days": listed(broken)}
        warnings.warn(str(say("hypotheses.seal_broken", **words)), DataWarning, stacklevel=4)
