"""An export and its mapping, as the options name them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kamlab.command.exits import Unsettled
from kamlab.command.streams import lines
from kamlab.foundation.errors import DataError, KamlabError
from kamlab.foundation.language import say
from kamlab.intake.check import check_company
from kamlab.intake.mapping.read_mapping import read_mapping

if TYPE_CHECKING:
    from kamlab.intake.intake import Intake
    from kamlab.intake.mapping.rules import ExportMapping


def files_read(options: argparse.Namespace) -> dict[str, Path]:
    """Return the files that a command reads, by the name of their argument."""
    named = {"EXPORT": options.path, "--mapping": options.mapping}
    return {name: Path(given) for name, given in named.items() if given}


def check(options: argparse.Namespace) -> Intake:
    """Read the export that the options name.

    Raises
    ------
    Unsettled
        If the mapping is not finished or does not fit.
    KamlabError
        If a file cannot be read.
    """
    mapping = None if options.mapping is None else _mapping(Path(options.mapping))
    return check_company(options.path, mapping=mapping, currency=options.currency)


def refused(intake: Intake, options: argparse.Namespace) -> KamlabError | None:
    """Return why the export cannot become a company as it stands, or None."""
    try:
        intake.company()
    except DataError as error:
        if options.mapping is None:
            return Unsettled(lines([error.text, say("command.try_mapping", path=options.path)]))
        return error
    return None


def _mapping(path: Path) -> ExportMapping:
    try:
        return read_mapping(path)
    except KamlabError as error:
        if path.is_file():
            raise Unsettled(error.text) from error
        raise
