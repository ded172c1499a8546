"""Account sheets: one page an account, in one HTML file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Language, Text, join, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.sheets.events import events
from kamlab.report.sheets.knowledge import Knowledge, row_of
from kamlab.report.sheets.outlook import outlook
from kamlab.report.sheets.people import people
from kamlab.report.sheets.position import position, relationship
from kamlab.report.sheets.steps import steps
from kamlab.report.sheets.who import beside_others, traits

HOW_TO_READ = ("facts", "cell", "scores", "staying", "worth", "people", "steps")


def account_pages(
    analyses: Analyses,
    accounts: Sequence[str],
    *,
    language: Language,
    progress: Callable[[int, int, Text], None] | None = None,
) -> str:
    """Return sheets of the accounts named, as one HTML file.

    Parameters
    ----------
    analyses : Analyses
        Of the company; what a sheet does not need is not reckoned.
    accounts : sequence of str
        Their ids.
    language : {"en", "ja"}
        It has to be spoken while this runs.
    progress : callable, optional
        Called before each account with its number, how many there are, and its name.

    Returns
    -------
    str
        Each account on a printed page of its own; how to read them stands once, at the end.

    Raises
    ------
    ArgumentError
        If none is named, or the company does not have one of them.
    """
    company = analyses.company
    chosen = known_accounts(company, accounts)
    known = Knowledge(analyses)
    mark = say("report.mark_simulated") if company.simulated else None
    body, contents = [], []
    for number, account in enumerate(chosen, 1):
        anchor, heading = f"sheet-{number}", _heading(known, account)
        if progress is not None:
            progress(number, len(chosen), same(heading))
        body.append(page.sheet(anchor, heading, _blocks(known, account, mark)))
        contents.append((anchor, heading))
    body.append(page.sheet("how-to-read", say("report.sheet_how_to_read"), _how_to_read()))
    return page.document(
        _title(company),
        language,
        body,
        lead=[page.caution(say("report.simulated"))] if mark else (),
        contents=contents if len(chosen) > 1 else (),
    )


def known_accounts(company: Company, accounts: Sequence[str]) -> list[str]:
    """Return the accounts named, each once.

    Raises
    ------
    ArgumentError
        If none is named or some are not there; it names all of these with the nearest.

    Examples
    --------
    >>> known_accounts(kl.sample_company(), ["A-017", "A-001", "A-017"])
    ['A-017', 'A-001']
    """
    named = [accounts] if isinstance(accounts, str) else list(dict.fromkeys(accounts))
    ids = company.accounts["account_id"].tolist()
    there = set(ids)
    if unknown := [name for name in named if name not in there]:
        hints = [same(name) + nearest_hint(name, ids) for name in unknown]
        raise ArgumentError(say("report.sheet_unknown_accounts", accounts=join(hints)))
    if not named:
        raise ArgumentError(say("report.sheet_no_account"))
    return named


def _title(company: Company) -> Text:
    if not company.name:
        return say("report.sheet_title_nameless")
    return say("report.sheet_title_named", name=company.name)


def _heading(known: Knowledge, account: str) -> str:
    name = row_of(known.accounts, account).get("name")
    heading = account if name is None or pd.isna(name) else f"{account} {name}"
    return str(say("report.sheet_marked", of=heading)) if known.company.simulated else heading


def _blocks(known: Knowledge, account: str, mark: Text | None) -> Iterator[page.Html]:
    if not known.present[account]:
        yield page.caution(say("report.sheet_gone"))
    yield page.columns(
        _parts(
            who=traits(known, account),
            position=position(known, account),
            relationship=relationship(known, account),
        ),
        _parts(
            facts=beside_others(known, account),
            outlook=outlook(known, account),
            steps=steps(known, account),
        ),
    )
    yield _parts(people=people(known, account), events=events(known, account, mark))


def _parts(**parts: Iterator[page.Html]) -> page.Html:
    """Return parts of a sheet, each under its heading."""
    return page.Html(
        "".join(
            page.subheading(say(f"report.sheet_part_{name}")) + "".join(blocks)
            for name, blocks in parts.items()
        )
    )


def _how_to_read() -> Iterator[page.Html]:
    yield page.bullets(say(f"report.sheet_read_{name}") for name in HOW_TO_READ)
