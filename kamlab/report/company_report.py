"""A report on a company: sections by name, and the page that they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from kamlab.foundation.errors import ArgumentError, KamlabError
from kamlab.foundation.language import Language, listed, say, speaking
from kamlab.foundation.nearest import nearest_hint
from kamlab.intake.giving.target import make_way
from kamlab.intake.giving.whole import put_text
from kamlab.report import page
from kamlab.report.section import Section


@dataclass(frozen=True, repr=False, eq=False)
class CompanyReport:
    """A finished report; made by `kl.company_report`.

    `report["portfolio"]` is one section, which a notebook shows; `write()` makes the page.

    Attributes
    ----------
    title : str
    language : {"en", "ja"}
    made : str
        With what and when, in words.
    simulated : bool
    sections : tuple of Section
    """

    title: str
    language: Language
    made: str
    simulated: bool
    sections: tuple[Section, ...]

    def __getitem__(self, name: str) -> Section:
        """Return one section.

        Raises
        ------
        ArgumentError
            If there is none of that name; the message lists them.
        """
        by_name = {section.name: section for section in self.sections}
        if name not in by_name:
            hint = nearest_hint(name, list(by_name))
            raise ArgumentError(
                say("report.no_section", name=name, hint=hint, known=listed(by_name))
            )
        return by_name[name]

    def __iter__(self) -> Iterator[Section]:
        return iter(self.sections)

    def __len__(self) -> int:
        return len(self.sections)

    def __repr__(self) -> str:
        """Return the title and the headings as plain text."""
        lines = [f"{number}. {each.heading}" for number, each in enumerate(self.sections, 1)]
        return "\n".join([self.title, self.made, *lines])

    def _repr_html_(self) -> str:
        return "".join([*self._lead(), self["glance"]._repr_html_()])

    def html(self) -> str:
        """Return the whole report as one HTML file."""
        numbered = [
            page.section(each.name, each.heading, each.body, number=number)
            for number, each in enumerate(self.sections, 1)
        ]
        contents = [(each.name, each.heading) for each in self.sections]
        return page.document(
            self.title, self.language, numbered, lead=self._lead(), contents=contents
        )

    def write(self, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the report to one HTML file.

        Parameters
        ----------
        path : str or path
        overwrite : bool, default False

        Returns
        -------
        Path

        Raises
        ------
        KamlabError
            If a file is there already, or it cannot be written.
        """
        return write_page(self.html(), Path(path), overwrite=overwrite)

    def _lead(self) -> list[page.Html]:
        lead = [page.paragraph(self.made)]
        if self.simulated:
            with speaking(self.language):
                lead.append(page.caution(say("report.simulated")))
        return lead


def check_place(path: Path, *, overwrite: bool) -> None:
    """See before any work that a page can be written.

    Raises
    ------
    KamlabError
        If a file is there already, or the system does not allow it.
    """
    if path.exists() and not overwrite:
        raise KamlabError(say("intake.exists", path=path))
    make_way(path)


def write_page(html: str, path: Path, *, overwrite: bool) -> Path:
    """Write a page whole or not at all, and return where it is."""
    check_place(path, overwrite=overwrite)
    put_text(html, path)
    return path
