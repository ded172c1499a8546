"""A declaration as a TOML file that people read and edit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kamlab.foundation.language import Text, say
from kamlab.hypotheses.declaration.content import entry_of
from kamlab.hypotheses.declaration.declaration import Declaration
from kamlab.hypotheses.declaration.seal import Seal


def declaration_text(declared: Declaration) -> str:
    """Return the content of a file without its seals, and a comment in the current language."""
    title = _words({"en": declared.title.en, "ja": declared.title.ja})
    rules = {"correction": declared.correction, "conf_level": declared.conf_level}
    blocks = [_comment(say("hypotheses.file_head")), _block("[declaration]", title=title, **rules)]
    for hypothesis in declared.hypotheses:
        entry = {name: _words(value) for name, value in entry_of(hypothesis).items()}
        blocks.append(_block(f"[hypothesis.{hypothesis.name}]", **entry))
    return "\n\n".join(blocks) + "\n"


def seal_text(seals: Iterable[Seal]) -> str:
    """Return seals as they stand at the end of a file."""
    return "".join(f"\n{_seal(seal)}\n" for seal in seals)


def _block(heading: str, **entries: Any) -> str:
    return "\n".join([heading, *(f"{key} = {_toml(value)}" for key, value in entries.items())])


def _seal(seal: Seal) -> str:
    head = {"dated_by": seal.dated_by, "sha256": seal.sha256}
    dated = f"[[seal]]\ndeclared_on = {seal.declared_on.isoformat()}"
    return "\n".join([_block(dated, **head), f"text = {_toml(seal.text)}"])


def _words(value: Any) -> Any:
    """Return words that read alike in both languages as one string, as people type them."""
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"en", "ja"}:
        return value["en"] if value["en"] == value["ja"] else value
    return {name: _words(inner) for name, inner in value.items()}


def _toml(value: Any) -> str:
    """Return a value as TOML writes it; text of several lines stays readable."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(v)}" for key, v in value.items()) + " }"
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    plain = all(sign.isprintable() or sign == "\n" for sign in value)
    if "\n" in value and plain and "'''" not in value and not value.endswith("'"):
        return f"'''\n{value}'''"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: Text) -> str:
    return "\n".join(f"# {line}" for line in str(text).split("\n"))
