"""The entries of a mapping file as they were typed: each taken out by its type, or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text, listed, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.intake.mapping.mistakes import Mistake
from kamlab.intake.mapping.toml_lines import TomlLines

LONGEST_SHOWN = 60


@dataclass
class Refusals:
    """What is wrong with a file so far.

    Parameters
    ----------
    file : str
        Its name.
    lines : TomlLines
    found : dict of Text to int
        What is wrong, and on which line.
    sheets : dict of str to int
        The number of the block that has a sheet's name; of two alike, the last.
    undecided : set of (str, str)
        Sheet and column of ours, where it is open which heading it is or how it is meant.
    """

    file: str
    lines: TomlLines
    found: dict[Text, int] = field(default_factory=dict)
    sheets: dict[str, int] = field(default_factory=dict)
    undecided: set[tuple[str, str]] = field(default_factory=set)

    def note(self, line: int, name: str, reason: Text) -> None:
        """Remember what is wrong on a line."""
        place = say("intake.mapping_place", line=line, name=name)
        self.found.setdefault(place + reason, line)

    def add(self, mistake: Mistake) -> None:
        """Remember a mistake in the words for files, unless it is only still to be decided."""
        tables = {name for _, name in self.undecided}
        if (mistake.sheet, mistake.words.get("name")) in self.undecided or (
            mistake.kind == "no_accounts" and "accounts" in tables
        ):
            return
        path = [*(["columns", mistake.heading] if mistake.heading else []), mistake.key]
        line = self.lines.of_sheet(self.sheets.get(mistake.sheet, 0), *path)
        what = say(f"intake.mapping_what_{mistake.kind}", **mistake.words)
        remedy = say(f"intake.mapping_in_file_{mistake.kind}", **mistake.words)
        name = mistake.heading or mistake.sheet or mistake.key
        self.note(line, name or self.file, what + Text(" ", "") + remedy)

    def refuse(self) -> None:
        """Raise `KamlabError` with everything that is wrong, by line, if there is anything."""
        if self.found:
            text = say("intake.mapping_refused", file=self.file, count=len(self.found))
            for problem, _ in sorted(self.found.items(), key=lambda item: item[1]):
                text += same("\n- ") + problem
            raise KamlabError(text)


@dataclass(frozen=True)
class Entries:
    """One table of a file: what it holds, and where it stands.

    Parameters
    ----------
    given : mapping
    refusals : Refusals
    number : int
        Of the sheet; 0 above all sheets.
    path : tuple of str
        The keys that lead to it within the sheet.
    """

    given: Mapping[str, Any]
    refusals: Refusals
    number: int = 0
    path: tuple[str, ...] = ()

    def bad(self, key: str, reason: Text) -> None:
        """Refuse an entry."""
        line = self.refusals.lines.of_sheet(self.number, *self.path, key)
        within = self.path[1:] + ((key,) if not self.path[1:] or key != "column" else ())
        self.refusals.note(line, " → ".join(within), reason)

    def only(self, known: tuple[str, ...]) -> None:
        """Refuse entries that nothing knows."""
        for key in self.given:
            if key not in known:
                words = {"known": listed(known), "nearest": nearest_hint(key, known)}
                self.bad(key, say("intake.mapping_unknown_key", **words))

    def text(self, key: str, *, needed: bool = False) -> str:
        """Return a text; "" where there is none."""
        if needed and self.given.get(key, "") == "":
            self.bad(key, say("intake.mapping_empty", entry=key))
        return str(self._taken(key, "", lambda value: isinstance(value, str), "text"))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self._taken(key, [], lambda value: _is_list_of(str, value), "texts"))

    def flag(self, key: str) -> bool:
        """Return yes or no; no where nothing is said."""
        return bool(self._taken(key, False, lambda value: isinstance(value, bool), "flag"))

    def row(self, key: str) -> int | None:
        """Return the number of a row; None where there is none."""
        row = self._taken(key, None, lambda value: type(value) is int and value > 0, "row")
        return None if row is None else int(row)

    def table(self, key: str) -> Mapping[str, Any]:
        """Return a table of entries."""
        table: Mapping[str, Any] = self._taken(key, {}, lambda v: isinstance(v, dict), "table")
        return table

    def blocks(self, key: str) -> list[Mapping[str, Any]]:
        """Return the blocks of a repeated table."""
        return list(self._taken(key, [], lambda value: _is_list_of(dict, value), "blocks"))

    def _taken(self, key: str, default: Any, fits: Callable[[Any], bool], kind: str) -> Any:
        """Return an entry; the default where there is none, or one that does not fit."""
        value = self.given.get(key, default)
        if key not in self.given or fits(value):
            return value
        self.bad(key, say(f"intake.mapping_not_{kind}", got=_shown(value), entry=key))
        return default

    def words(self, key: str) -> Mapping[str, str]:
        """Return the user's words with what each means; yes and no may be TOML's own."""
        meant = {}
        for word, value in self.table(key).items():
            code = str(value).upper() if isinstance(value, bool) else value
            if isinstance(code, str):
                meant[word] = code
            else:
                self.bad(key, say("intake.mapping_not_text", got=_shown(value), entry=word))
        return meant

    def still_open(self) -> bool:
        """Return whether the user still has to choose, and refuse it then.

        What was chosen stands in the place of ``open`` or in the entries that were empty.
        """
        chosen = self.given.get("column") or self.given.get("table")
        if "open" not in self.given or (chosen and not self._has_gap()):
            return False
        value = self.given["open"]
        choices = value if isinstance(value, list) else [value]
        kind = "sheet" if not self.path else "meaning" if chosen else "column"
        words = {"choices": ", ".join(_shown(choice) for choice in choices)}
        self.bad("open", say(f"intake.mapping_open_{kind}", **words))
        sheets = [name for name, number in self.refusals.sheets.items() if number == self.number]
        names = [str(self.given.get("column", "")), *map(str, choices)]
        self.refusals.undecided |= {(sheet, name) for sheet in sheets for name in names}
        return True

    def _has_gap(self) -> bool:
        values = self.given.get("values", {})
        inner = values.values() if isinstance(values, dict) else ()
        return "" in (*self.given.values(), *inner)


def _is_list_of(kind: type, value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
