"""Rows of the ledger are read from TOML files; every mistake is told with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from string import Formatter
from typing import Any

from kamlab.accounts.samples import data_folder
from kamlab.foundation import toml_entries as entries
from kamlab.foundation.claims import Status
from kamlab.foundation.language import LANGUAGES, Text, listed, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.foundation.toml_source import NOTHING, Block, FileKind, Source
from kamlab.reproduction.arguments import needed, taken
from kamlab.reproduction.entry import NOTHING_SAID, LedgerEntry

Computations = Mapping[str, Callable[..., float]]

LEDGER_FILE = FileKind(
    "reproduction.file_unreadable", "reproduction.file_missing", "reproduction.file_wrong"
)


def shipped_files() -> tuple[Path, ...]:
    """Return the files of published numbers that come with kamlab, by name."""
    folder = Path(str(data_folder().joinpath("published"))).resolve()
    return tuple(sorted(folder.glob("*.toml")))


def read_entries(path: Path, computations: Computations) -> tuple[LedgerEntry, ...]:
    """Read the rows that a file declares.

    Parameters
    ----------
    path : Path
        With blocks `[[reproduces]]` and `[[not_reproduced]]`; what else the file has is for others.
    computations : mapping of str to callable
        By name, what can be computed.

    Returns
    -------
    tuple of LedgerEntry
        One per case, in the order of the file, those that are reproduced first.

    Raises
    ------
    ModelError
        If the file cannot be read or is not right: every mistake with its line.
    """
    source = Source.read(path, LEDGER_FILE)
    kinds = {kind: source.blocks(kind) for kind in ("reproduces", "not_reproduced")}
    if not any(kind in source.declared for kind in kinds):
        source.note(1, source.file, say("reproduction.file_empty"))
    found = [
        entry
        for kind, blocks in kinds.items()
        for block in blocks
        for entry in _entries_of(block, computations, kind == "reproduces")
    ]
    source.refuse()
    return tuple(found)


def _entries_of(block: Block, computations: Computations, reproduced: bool) -> list[LedgerEntry]:
    fields = _fields(block, computations, reproduced)
    quantity = block.take("quantity", _both)
    given = block.take("given", entries.mapping, {})
    common = block.take("value", entries.number, None)
    cases = block.inners("cases") or [_no_case(block)]
    block.finish()
    values = [_value(case, common, fields["status"], reproduced) for case in cases]
    if quantity is None or given is None or fields["computation"] is None:
        return []
    function = computations.get(fields["computation"])
    return [
        LedgerEntry(
            value=value,
            quantity=_filled(case, given, quantity),
            arguments=_arguments(case, given, function, fields["computation"], quantity),
            **fields,
        )
        for case, value in zip(cases, values, strict=True)
    ]


def _fields(block: Block, computations: Computations, reproduced: bool) -> dict[str, Any]:
    """Return what all cases of a block share."""
    must = NOTHING if reproduced else None
    known = partial(_known, computations)
    fields: dict[str, Any] = {
        "work": block.take("work", _both),
        "source": block.take("source", _both),
        "page": block.take("page", _both, NOTHING_SAID),
        "status": block.take("status", entries.status, must),
        "computation": block.take("computation", known, NOTHING if reproduced else ""),
        "file": block.source.file,
    }
    if not reproduced:
        return fields | {"reason": block.take("reason", _both)}
    if fields["status"] is Status.RECALLED:
        block.bad("status", say("reproduction.recalled_value"))
    return fields | {
        "tolerance": block.take("tolerance", _tolerance),
        "because": block.take("because", _both),
    }


def _no_case(block: Block) -> Block:
    """Return a case that has nothing of its own."""
    return Block(block.source, block.name, {}, block.line)


def _value(
    case: Block, common: float | None, status: Status | None, reproduced: bool
) -> float | None:
    must = reproduced and common is None
    value: float | None = case.take("value", entries.number, NOTHING if must else common)
    if value is not None and not reproduced:
        if status is Status.RECALLED:
            case.bad("value", say("reproduction.recalled_value"))
        if status is None:
            case.bad("value", say("reproduction.value_without_status"))
    return value


def _arguments(
    case: Block,
    given: Mapping[str, Any],
    function: Callable[..., float] | None,
    computation: str,
    quantity: Text,
) -> dict[str, Any]:
    """Return what the computation gets; note what nobody takes and what it lacks."""
    takes = taken(function)
    possible = takes | _places(quantity) | {"value"}
    everything = {**given, **case.entry}
    known = listed(sorted(possible))
    for key in (name for name in everything if name not in possible):
        case.bad(
            key,
            say("reproduction.unknown_argument", entry=key, computation=computation, known=known),
        )
    for key in sorted(needed(function) - everything.keys()):
        case.bad("", say("reproduction.missing_argument", computation=computation, entry=key))
    return {key: everything[key] for key in everything if key in takes}


def _places(quantity: Text) -> set[str]:
    wordings = (quantity.in_language(language) for language in LANGUAGES)
    fields = (name for text in wordings for _, name, _, _ in Formatter().parse(text))
    return {name for name in fields if name}


def _filled(case: Block, given: Mapping[str, Any], quantity: Text) -> Text:
    """Return the quantity's words with the case's in their places."""
    words = {key: _worded(item) for key, item in {**given, **case.entry}.items()}
    missing = sorted(_places(quantity) - words.keys())
    for key in missing:
        case.bad("", say("reproduction.missing_place", entry=key))
    if missing:
        return quantity
    try:
        return quantity.put(**words)
    except (ValueError, IndexError, TypeError, KeyError) as error:
        case.bad("", say("reproduction.bad_words", reason=error))
        return quantity


def _both(value: Any) -> Text:
    wording = entries.wording(value)
    if not str(wording).strip():
        raise ValueError(say("reproduction.blank"))
    return wording if isinstance(wording, Text) else same(wording)


def _worded(value: Any) -> Any:
    return (
        Text.from_toml(value) if isinstance(value, Mapping) and {*value} == {*LANGUAGES} else value
    )


def _known(computations: Computations, value: Any) -> str:
    if value not in computations:
        names = sorted(computations)
        near = nearest_hint(str(value), names)
        listing = say("reproduction.known_computations", known=listed(names))
        hint = near if near.en else listing
        raise ValueError(say("reproduction.unknown_computation", name=value, hint=hint))
    return str(value)


def _tolerance(value: Any) -> float:
    number = entries.number(value)
    if number < 0:
        raise ValueError(say("reproduction.negative_tolerance", got=number))
    return number
