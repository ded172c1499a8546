"""`python -m kamlab mapping`: propose whose column is whose, and keep it in a file to edit."""

from __future__ import annotations

import argparse
from pathlib import Path

from kamlab.command.exits import Exit
from kamlab.command.files import beside, check_places
from kamlab.command.streams import say_result
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text, say
from kamlab.intake.giving.whole import whole
from kamlab.intake.mapping.propose import propose_mapping
from kamlab.intake.mapping.read_mapping import read_mapping


def run(options: argparse.Namespace) -> Exit:
    """Write the proposal and say what is open in it; `Exit.TO_MEND` if anything is."""
    export = Path(options.path)
    path = Path(options.output) if options.output else beside(export, ".toml")
    check_places({"EXPORT": export}, {"--output": path}, overwrite=options.overwrite)
    proposal = propose_mapping(export)
    with whole(path) as draft:
        proposal.save(draft)
        is_open = _open_entries(draft)
    words = {"path": path, "export": export}
    for sheet, reason in proposal.unreadable.items():
        say_result(say("command.mapping_unreadable", sheet=sheet, reason=reason))
    if is_open is None:
        say_result(say("command.mapping_settled", **words))
        return Exit.DONE
    say_result(say("command.mapping_open", **words))
    say_result(is_open)
    return Exit.TO_MEND


def _open_entries(path: Path) -> Text | None:
    """Return what the file still asks, with lines, as somebody who edits it needs it."""
    try:
        read_mapping(path)
    except KamlabError as error:
        return error.text
    return None
