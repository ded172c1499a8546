"""The front door of reports: `company_report` and `write_report`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from math import isfinite
from os import PathLike
from pathlib import Path
from types import MappingProxyType

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, KamlabWarning
from kamlab.foundation.language import Language, Text, current_language, say, speaking
from kamlab.hypotheses.declaration.declaration import Declaration
from kamlab.hypotheses.declaration.load import load_hypotheses
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.intake.intake import Intake
from kamlab.portfolio.declaration.library import load_model
from kamlab.portfolio.declaration.model import Model
from kamlab.report.analyses import Analyses
from kamlab.report.company_report import CompanyReport, check_place, write_page
from kamlab.report.population import called
from kamlab.report.section import Section
from kamlab.report.sections.glance import glance_section
from kamlab.report.sections.hypotheses import hypotheses_section
from kamlab.report.sections.intake import intake_section
from kamlab.report.sections.limits import limits_section
from kamlab.report.sections.next_steps import next_steps_section
from kamlab.report.sections.portfolio import portfolio_section
from kamlab.report.sections.provenance import provenance_section
from kamlab.report.sections.quality import quality_section
from kamlab.report.sections.staying import staying_section
from kamlab.report.sections.value import value_section
from kamlab.report.sheets.pages import account_pages
from kamlab.selection.arguments import is_number, is_whole, listed

HypothesesOrName = str | Path | Declaration | Sequence[Hypothesis]
Progress = Callable[[int, int, Text], None]
"""Told before each step: its number, how many there are, and what it is about."""

ONE_POINT_OF_TRUST: Mapping[str, float] = MappingProxyType({"trust": 1.0})


def company_report(
    company: Company | Intake,
    *,
    language: Language | None = None,
    hypotheses: HypothesesOrName | None = "podcast",
    model: str | Path | Model | None = None,
    raise_by: Mapping[str, float] = ONE_POINT_OF_TRUST,
    discount_rate: float = 0.10,
    top: int = 10,
    seed: int = 0,
    mapping: str | PathLike[str] | None = None,
    progress: Progress | None = None,
) -> CompanyReport:
    """Return a report on a company: everything that its tables can answer, section by section.

    Parameters
    ----------
    company : Company or Intake
        An intake (`kl.check_company`) also tells what was set aside, and why.
    language : {"en", "ja"}, optional
        That in use, if left out.
    hypotheses : str, Path, Declaration, sequence of Hypothesis or None, default "podcast"
        As in `kl.assess_hypotheses`; None for a report without hypotheses.
    model : str, Path or Model, optional
        Of classification, as in `kl.classify`; if left out, Bensaou's or else the first whose
        columns the company has.
    raise_by : mapping of str to float, default one point of trust
        Points of relationship quality whose worth is asked for.
    discount_rate : float, default 0.10
        A period.
    top : int, default 10
        For how many accounts there is time; lists are so long.
    seed : int, default 0
        Of everything that is drawn at random.
    mapping : path, optional
        The file of the mapping, for the provenance.
    progress : callable, optional
        Called before each step with its number, the number of steps, and what it is (`Text`).

    Returns
    -------
    CompanyReport
        `report["portfolio"]` one section, `write(path)` the page.

    Raises
    ------
    ArgumentError
        If an option is not one that a report takes, or there is no such model or library of
        hypotheses.
    ModelError
        If the file of a model or of hypotheses is not right.
    DataError
        If an intake cannot become a company.

    Notes
    -----
    A section whose data are missing says what would be needed. kamlab's warnings become notes of
    the section. Staying is explained with as many terms as there are leavers for, one per five:
    the scores in `raise_by`, then trust, commitment, satisfaction and tenure, whatever they
    explain.

    Examples
    --------
    >>> report = kl.company_report(kl.sample_company(), hypotheses=None)  # doctest: +SKIP
    >>> report["portfolio"]  # doctest: +SKIP
    """
    language = language or current_language()
    with speaking(language):
        analyses, intake = _begin(
            company,
            hypotheses=hypotheses,
            model=model,
            raise_by=raise_by,
            discount_rate=discount_rate,
            top=top,
            seed=seed,
        )
        files = {} if intake is None else {"export": intake.path}
        files |= {} if mapping is None else {"mapping": Path(mapping)}
        sections = _sections(analyses, intake, files, progress)
        return CompanyReport(
            title=str(title_of(analyses.company)),
            language=language,
            made=str(made_today()),
            simulated=analyses.company.simulated,
            sections=(glance_section(analyses, sections), *sections),
        )


def write_report(
    company: Company | Intake,
    path: str | PathLike[str],
    *,
    language: Language | None = None,
    hypotheses: HypothesesOrName | None = "podcast",
    model: str | Path | Model | None = None,
    raise_by: Mapping[str, float] = ONE_POINT_OF_TRUST,
    discount_rate: float = 0.10,
    top: int = 10,
    seed: int = 0,
    mapping: str | PathLike[str] | None = None,
    accounts: Sequence[str] | None = None,
    progress: Progress | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a report on a company, or one page per account, to one HTML file.

    The file needs no network and no script, and prints on A4.

    Parameters
    ----------
    company, language, hypotheses, model, raise_by, discount_rate, top, seed, mapping, progress
        As in `kl.company_report`.
    path : str or path
        Of the HTML file.
    accounts : sequence of str, optional
        Ids of accounts: the file then has a sheet for each of them and no report; hypotheses
        are not assessed.
    overwrite : bool, default False

    Returns
    -------
    Path

    Raises
    ------
    KamlabError
        If a file is there already, or it cannot be written; else as `kl.company_report`.

    Examples
    --------
    >>> intake = kl.check_company("private/crm.xlsx", mapping="private/crm.toml")  # doctest: +SKIP
    >>> kl.write_report(intake, "reports/q3.html", language="ja")  # doctest: +SKIP
    """
    path = Path(path)
    check_place(path, overwrite=overwrite)
    if accounts is None:
        report = company_report(
            company,
            language=language,
            hypotheses=hypotheses,
            model=model,
            raise_by=raise_by,
            discount_rate=discount_rate,
            top=top,
            seed=seed,
            mapping=mapping,
            progress=progress,
        )
        return report.write(path, overwrite=overwrite)
    language = language or current_language()
    with speaking(language):
        analyses, _ = _begin(
            company,
            hypotheses=None,
            model=model,
            raise_by=raise_by,
            discount_rate=discount_rate,
            top=top,
            seed=seed,
        )
        html = account_pages(analyses, accounts, language=language, progress=progress)
    return write_page(html, path, overwrite=overwrite)


def title_of(company: Company) -> Text:
    """Return the heading of a report."""
    name = called(company)
    return say("report.title", name=name) if name.en else say("report.title_nameless")


def made_today() -> Text:
    """Say when and with what a report was made."""
    return say("report.made", version=version("kamlab"), day=date.today().isoformat())


def _begin(
    company: Company | Intake,
    *,
    hypotheses: HypothesesOrName | None,
    model: str | Path | Model | None,
    raise_by: Mapping[str, float],
    discount_rate: float,
    top: int,
    seed: int,
) -> tuple[Analyses, Intake | None]:
    """Return the analyses, none made yet, and the intake; refuse what cannot be asked for."""
    if not isinstance(company, Company | Intake):
        raise ArgumentError(say("report.no_company", got=type(company).__name__))
    if problems := list(_problems(raise_by, discount_rate, top)):
        raise ArgumentError(say("report.wrong_options", problems=listed(problems)))
    if isinstance(hypotheses, str | Path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", KamlabWarning)  # the assessment warns again
            load_hypotheses(hypotheses)
    intake = company if isinstance(company, Intake) else None
    analyses = Analyses(
        company=company.company() if isinstance(company, Intake) else company,
        hypotheses=hypotheses,
        model=load_model(model) if isinstance(model, str | Path) else model,
        raise_by=raise_by,
        discount_rate=discount_rate,
        top=top,
        seed=seed,
    )
    return analyses, intake


def _problems(raise_by: object, discount_rate: object, top: object) -> Iterator[Text]:
    """Yield what is wrong with the options."""
    if not (
        isinstance(raise_by, Mapping)
        and raise_by
        and all(is_number(by) and isfinite(by) for by in raise_by.values())
    ):
        yield say("report.bad_raise", given=raise_by)
    if not (is_number(discount_rate) and isfinite(discount_rate) and discount_rate > -1):
        yield say("report.bad_discount", rate=discount_rate)
    if not (is_whole(top) and top >= 1):
        yield say("report.bad_top", top=top)


def _sections(
    analyses: Analyses,
    intake: Intake | None,
    files: dict[str, Path],
    progress: Progress | None,
) -> list[Section]:
    mark = say("report.mark_simulated") if analyses.company.simulated else None
    day = date.today().isoformat()
    steps: dict[str, Callable[[], Section]] = {
        "intake": lambda: intake_section(analyses.company, intake, analyses.population.result),
        "portfolio": lambda: portfolio_section(analyses, mark),
        "quality": lambda: quality_section(analyses, mark),
        "staying": lambda: staying_section(analyses, mark),
        "value": lambda: value_section(analyses, mark),
        "hypotheses": lambda: hypotheses_section(analyses, mark),
        "next_steps": lambda: next_steps_section(analyses),
        "limits": lambda: limits_section(analyses),
        "provenance": lambda: provenance_section(analyses, day, files),
    }
    sections = []
    for number, (name, make) in enumerate(steps.items(), 1):
        if progress is not None:
            progress(number, len(steps), say(f"report.heading_{name}"))
        sections.append(make())
    return sections
