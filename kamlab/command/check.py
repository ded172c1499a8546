"""`python -m kamlab check`: what came in, and what is wrong with it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from kamlab.command.exits import Exit
from kamlab.command.files import check_places
from kamlab.command.problems import listed_problems
from kamlab.command.reading import check, files_read, refused
from kamlab.command.streams import say_aside, say_result
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, same, say
from kamlab.intake.giving.whole import whole

if TYPE_CHECKING:
    from kamlab.intake.intake import Intake

Severity = Literal["error", "warning"]


def run(options: argparse.Namespace) -> Exit:
    """Say what came in and what is wrong; `Exit.TO_MEND` if there is an error."""
    targets = _targets(options)
    check_places(files_read(options), targets, overwrite=options.overwrite)
    intake = check(options)
    say_result(intake.report())
    for note in intake.notes:
        say_result(say("command.note", text=note))
    for line in _problems(intake.problems()):
        say_result(line)
    _write(intake, targets)
    if (why := refused(intake, options)) is not None:
        say_aside(say("command.no_company"))
        if options.mapping is None:
            say_aside(say("command.try_mapping", path=options.path))
    return Exit.TO_MEND if intake.errors or why is not None else Exit.DONE


def _targets(options: argparse.Namespace) -> dict[str, Path]:
    named = {"--comments": options.comments, "--set-aside": options.set_aside}
    return {name: Path(given) for name, given in named.items() if given}


def _write(intake: Intake, targets: dict[str, Path]) -> None:
    for name, path in targets.items():
        with whole(path) as draft:
            if name == "--comments":
                intake.write_comments(draft)
            else:
                intake.write_set_aside(draft)
        say_result(say("command.written", path=path))


def _problems(problems: pd.DataFrame) -> Iterator[Text]:
    for severity in get_args(Severity):
        these = problems[problems["severity"] == severity]
        if len(these):
            yield say(f"command.problems_{severity}", count=len(these))
            yield from listed_problems([_problem(row, severity) for row in these.itertuples()])


def _problem(row: Any, severity: Severity) -> Problem:
    words = (same(text) for text in (row.problem, row.allowed, row.remedy))
    number = None if pd.isna(row.row) else int(row.row)
    return Problem(severity, row.table, row.column, number, row.value, *words)
