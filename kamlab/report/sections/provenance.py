"""Everything that is needed to make the same report again, and to see that it is the same."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from kamlab.accounts.company import Company
from kamlab.foundation.language import Text, say
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import raised_words
from kamlab.report.section import Section, made

LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels", "matplotlib")
CHUNK = 1 << 20


def provenance_section(analyses: Analyses, day: str, inputs: dict[str, Path]) -> Section:
    """List versions, settings, and the hashes of what went in.

    Parameters
    ----------
    analyses : Analyses
    day : str
    inputs : dict of str to Path
        Files that were read, by what they are: "export", "mapping".
    """
    pairs = [*_files(analyses.company, inputs), *_settings(analyses), *_versions(day)]
    blocks = (page.facts(pairs), page.note([say("report.provenance_note")]))
    return made("provenance", None, iter(blocks))


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder in the order of their names."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    for each in files:
        with each.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def hash_of_tables(company: Company) -> str:
    """Return the SHA-256 of a company's tables, whatever file they came from."""
    digest = hashlib.sha256()
    for name, frame in company.tables.items():
        cells = frame.to_json(
            orient="split", index=False, date_format="iso", double_precision=15, default_handler=str
        )
        digest.update(f"{name}\n{cells}\n".encode())
    return digest.hexdigest()


def _files(company: Company, inputs: dict[str, Path]) -> Iterator[tuple[Text, str]]:
    for kind, path in inputs.items():
        yield say(f"report.from_{kind}"), path.name
        yield say("report.sha256"), hash_of_file(path)
    if company.source:
        yield say("report.from_source"), company.source
    yield say("report.from_tables"), hash_of_tables(company)


def _settings(analyses: Analyses) -> Iterator[tuple[Text, str]]:
    if (board := analyses.portfolio.result) is not None:
        yield say("report.from_model"), f"{board.title} ({board.model.id})"
    for name, fitted in {"staying": analyses.stay.result, "worth": analyses.worth.result}.items():
        if fitted is not None:
            yield say(f"report.from_{name}"), fitted.design.formula
    yield say("report.from_raise"), str(raised_words(analyses.raise_by))
    yield say("report.from_discount"), f"{analyses.discount_rate:.1%}"
    yield say("report.from_seed"), str(analyses.seed)


def _versions(day: str) -> Iterator[tuple[Text, str]]:
    yield say("report.from_day"), day
    yield say("report.from_kamlab"), version("kamlab")
    yield say("report.from_python"), platform.python_version()
    yield say("report.from_libraries"), ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
