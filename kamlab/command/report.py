"""`python -m kamlab report`: the report on a company, or one page per account."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kamlab.accounts.samples import sample_company
from kamlab.command.exits import Exit
from kamlab.command.files import beside, check_places
from kamlab.command.reading import check, files_read, refused
from kamlab.command.streams import say_aside, say_result
from kamlab.foundation.errors import DataError
from kamlab.foundation.language import Text, say
from kamlab.intake.giving.whole import whole
from kamlab.report.write import write_report

if TYPE_CHECKING:
    from kamlab.accounts.company import Company
    from kamlab.intake.intake import Intake

NO_HYPOTHESES = "none"
OF_AN_EXPORT = ("mapping", "currency", "strict")


def run(options: argparse.Namespace) -> Exit:
    """Write one HTML file and say where it is."""
    if mistakes := [*_mistakes(options)]:
        options.refuse(mistakes)
    path = Path(options.output) if options.output else _usual_place(options)
    read = files_read(options) | _files_named(options)
    check_places(read, {"--output": path}, overwrite=options.overwrite)
    with whole(path) as draft:
        write_report(
            _source(options),
            draft,
            accounts=options.accounts,
            model=options.model,
            hypotheses=_hypotheses(options),
            seed=options.seed or 0,
            mapping=options.mapping,
            progress=None if options.quiet else _tell,
        )
    say_result(say("command.written", path=path))
    return Exit.DONE


def _mistakes(options: argparse.Namespace) -> Iterator[Text]:
    if options.sample == (options.path is not None):
        yield say("command.export_or_sample")
    if options.sample:
        for name in OF_AN_EXPORT:
            if getattr(options, name):
                yield say("command.only_export", name=f"--{name}")
    if options.accounts and options.hypotheses:
        yield say("command.only_report", name="--hypotheses")


def _files_named(options: argparse.Namespace) -> dict[str, Path]:
    """Return the files among what may be the name of something that comes with kamlab."""
    named = {"--model": options.model, "--hypotheses": options.hypotheses}
    return {name: Path(given) for name, given in named.items() if (given or "").endswith(".toml")}


def _usual_place(options: argparse.Namespace) -> Path:
    kind = "accounts" if options.accounts else "report"
    return beside(Path("sample" if options.sample else options.path), f"_{kind}.html")


def _source(options: argparse.Namespace) -> Company | Intake:
    """Return what the report is about.

    Raises
    ------
    KamlabError
        If the export cannot become a company, or has errors and is to be refused for them.
    """
    if options.sample:
        return sample_company()
    intake = check(options)
    if options.strict and intake.errors:
        raise DataError(intake.errors)
    if (why := refused(intake, options)) is not None:
        raise why
    return intake


def _hypotheses(options: argparse.Namespace) -> str | None:
    if options.hypotheses == NO_HYPOTHESES:
        return None
    return options.hypotheses or "podcast"


def _tell(step: int, steps: int, what: Text) -> None:
    say_aside(say("command.progress", step=step, steps=steps, what=what))
