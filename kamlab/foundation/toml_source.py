"""A TOML file as it was typed: every entry taken out with its line, every mistake noted."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kamlab.foundation import toml_entries as entries
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.foundation.toml_lines import Places

NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class FileKind:
    """What is said of a whole file of one kind: keys of words.

    Attributes
    ----------
    unreadable : str
        It is no TOML; with the places `file` and `reason`.
    missing : str
        There is no such file; with `path`.
    wrong : str
        It has mistakes; with `file` and `problems`.
    """

    unreadable: str
    missing: str
    wrong: str


@dataclass
class Source:
    """A file: what it declares, and what is wrong with it so far."""

    kind: FileKind
    file: str
    places: Places
    declared: Mapping[str, Any]
    problems: list[Text] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, kind: FileKind) -> Source:
        """Read a file; raise `ModelError` where there is none or it is no TOML."""
        try:
            text = path.read_text(encoding="utf-8-sig")
            return cls(kind, path.name, Places(text), tomllib.loads(text))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            reason = say(kind.unreadable, file=path.name, reason=error)
            raise ModelError(reason) from error
        except (OSError, ValueError) as error:
            raise ModelError(say(kind.missing, path=ascii(str(path)))) from error

    def note(self, line: int, name: str, reason: Text) -> None:
        """Remember a mistake with its place."""
        place = say("foundation.toml_place", line=line, name=name)
        self.problems.append(say("foundation.toml_bad_entry", place=place, reason=reason))

    def refuse(self) -> None:
        """Raise `ModelError` with every mistake noted so far, if there is one."""
        if self.problems:
            lines = Text("", "")
            for problem in dict.fromkeys(self.problems):
                lines += same("\n- ") + problem
            raise ModelError(say(self.kind.wrong, file=self.file, problems=lines))

    def whole(self) -> Block:
        """Return the top of the file."""
        return Block(self, self.file, self.declared, 1)

    def block(self, kind: str) -> Block:
        """Return the only block of a kind, such as `[citation]`."""
        entry = self.declared.get(kind, {})
        return Block(self, kind, entry, self.places.block(kind))

    def blocks(self, kind: str) -> list[Block]:
        """Return all blocks of a kind, such as every `[[axis]]`."""
        given = self.declared.get(kind, [])
        if not isinstance(given, list) or not all(isinstance(entry, Mapping) for entry in given):
            self.note(self.places.block(kind), kind, say("foundation.toml_not_blocks", kind=kind))
            return []
        return [
            Block(
                self, f"{kind} {entry.get('name', number)}", entry, self.places.block(kind, number)
            )
            for number, entry in enumerate(given, start=1)
        ]

    def named_blocks(self, kind: str) -> dict[str, Block]:
        """Return the block of every name, such as that of `[hypothesis.trust_keeps]`."""
        given = self.declared.get(kind, {})
        if not isinstance(given, Mapping):
            self.note(self.places.block(kind), kind, say("foundation.toml_not_named", kind=kind))
            return {}
        line_of = self.places.block
        return {
            name: Block(self, f"{kind} {name}", entry, line_of(f"{kind}.{name}"))
            for name, entry in given.items()
        }


@dataclass
class Block:
    """One block of a file, whose entries are taken out one by one."""

    source: Source
    name: str
    entry: Any
    line: int
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.entry, Mapping):
            self.bad("", say("foundation.toml_not_a_table", got=entries.shown(self.entry)))
            self.entry = {}

    def line_of(self, key: str) -> int:
        """Return the line on which an entry stands."""
        known = isinstance(self.entry, Mapping) and key in self.entry
        return self.source.places.key(self.line, key) if known else self.line

    def bad(self, key: str, reason: Text) -> None:
        """Note a mistake in an entry."""
        self.source.note(self.line_of(key), self.name, reason)

    def take(self, key: str, make: Callable[[Any], Any], default: Any = NOTHING) -> Any:
        """Return what `make` makes of an entry; note it, and return None, where it cannot."""
        self.taken.add(key)
        if key not in self.entry:
            if default is NOTHING:
                self.bad("", say("foundation.toml_missing_entry", entry=key))
                return None
            return default
        try:
            return make(self.entry[key])
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            said = error.args[0] if error.args and isinstance(error.args[0], Text) else same(error)
            self.bad(key, say("foundation.toml_bad_value", entry=key, reason=said))
            return None

    def text(self, key: str, default: Any = NOTHING) -> Any:
        """Return an entry as a text in both languages."""
        return self.take(key, entries.text, default)

    def name_of(self, key: str) -> Any:
        """Return an entry as a name that a column may bear."""
        return self.take(key, entries.name)

    def inner(self, key: str) -> Block:
        """Return an entry that is a table of its own; an empty one where it is left out."""
        self.taken.add(key)
        return Block(self.source, f"{self.name}, {key}", self.entry.get(key, {}), self.line_of(key))

    def inners(self, key: str) -> list[Block]:
        """Return an entry that is a list of tables, each found by its first name."""
        self.taken.add(key)
        given = self.entry.get(key, [])
        if not isinstance(given, list):
            self.bad(key, say("foundation.toml_not_a_list", entry=key))
            return []
        line_of = partial(self.source.places.table, self.line, key)
        return [
            Block(self.source, f"{self.name}, {key} {n}", entry, line_of(n))
            for n, entry in enumerate(given, start=1)
        ]

    def claim(self, value: Any, prefix: str = "", default: Status | None = None) -> Any:
        """Return a claim about `value` from the entries `status` and `source`."""
        status = self.take(f"{prefix}status", entries.status, default or NOTHING)
        source = self.take(f"{prefix}source", entries.wording, "")
        page = self.take(f"{prefix}page", entries.wording, "") if not prefix else ""
        if status in (Status.PUBLISHED, Status.SECONDARY) and not str(source or "").strip():
            self.bad(f"{prefix}status", say("foundation.toml_no_source", status=status.value))
            return None
        return None if status is None else Claim(value, status, source or "", page=page or "")

    def finish(self) -> None:
        """Note every entry that nobody takes: it is misspelt, and would be lost."""
        for key in (name for name in self.entry if name not in self.taken):
            hint = nearest_hint(key, sorted(self.taken))
            self.bad(key, say("foundation.toml_unknown_entry", entry=key, hint=hint))
