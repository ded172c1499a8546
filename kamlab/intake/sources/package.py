"""The parts of an Excel workbook: which sheets it has, its texts, and which styles are dates."""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import IO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from kamlab.intake.giving.escaping import from_workbook
from kamlab.intake.sources.styles import Styles, read_styles
from kamlab.intake.sources.xml_parts import read_events

DAMAGES = (
    BadZipFile, zlib.error, EOFError, ExpatError, KeyError, IndexError, ValueError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the standard library raises at a damaged archive, a locked or an odd part."""

_NAMESPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its title, the name of its part, whether Excel hides it."""

    title: str
    part: str
    hidden: bool


class Package:
    """A workbook's archive, read part by part as it is needed.

    Parameters
    ----------
    content : bytes
        Of the file.
    check : function of ZipFile
        Called before any part is unpacked; raises if the archive is not to be trusted.

    Raises
    ------
    BadZipFile, KeyError, ValueError, ...
        Those of `DAMAGES`, if it is no workbook.
    """

    def __init__(self, content: bytes, check: Callable[[ZipFile], None]) -> None:
        self.archive = ZipFile(BytesIO(content))
        check(self.archive)
        self._parts = {_plain(name): name for name in self.archive.namelist()}
        self._main = self._main_part()
        self._related = self._relations(self._main)
        self.epoch_1904 = False
        self.sheets = tuple(self._sheets())

    def open(self, part: str) -> IO[bytes]:
        """Open a part by its name; case and slashes do not count."""
        return self.archive.open(self._parts[_plain(part)])

    def has(self, part: str) -> bool:
        """Return whether there is such a part."""
        return _plain(part) in self._parts

    @property
    def epoch(self) -> datetime:
        """The day from which serial numbers of days count."""
        return MAC_EPOCH if self.epoch_1904 else WINDOWS_EPOCH

    @cached_property
    def strings(self) -> list[str]:
        """The texts that cells name by number; phonetic guides are no part of them."""
        part = self._by_kind("sharedStrings")
        return read_strings(self.open(part)) if part else []

    @cached_property
    def styles(self) -> Styles:
        """What the number formats of cells tell."""
        part = self._by_kind("styles")
        return read_styles(self.open(part)) if part else Styles()

    def _main_part(self) -> str:
        if not self.has("[Content_Types].xml"):
            raise BadZipFile("no content types")
        for kind, target in self._relations("").values():
            if kind == "officeDocument":
                return target
        return "xl/workbook.xml"

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the kind and target of what a part refers to, by identifier."""
        folder, name = posixpath.split(part)
        related: dict[str, tuple[str, str]] = {}

        def start(element: str, given: Mapping[str, str]) -> None:
            if element == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(
                    posixpath.join("/", folder, given["Target"].replace("\\", "/"))
                )
                related[given["Id"]] = given["Type"].rpartition("/")[2], target.lstrip("/")

        beside = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.has(beside):
            with self.open(beside) as stream:
                read_events(stream, start)
        return related

    def _sheets(self) -> Iterator[SheetPart]:
        entries: list[Mapping[str, str]] = []

        def start(element: str, given: Mapping[str, str]) -> None:
            if element == "sheet":
                entries.append(given)
            elif element == "workbookPr":
                self.epoch_1904 = given.get("date1904", "0") in ("1", "true", "on")

        with self.open(self._main) as stream:
            read_events(stream, start)
        for given in entries:
            identifier = next((given[f"{n} id"] for n in _NAMESPACES if f"{n} id" in given), "")
            kind, part = self._related.get(identifier, ("", ""))
            if kind == "worksheet" and self.has(part):
                yield SheetPart(given["name"], part, given.get("state", "visible") != "visible")

    def _by_kind(self, wanted: str) -> str | None:
        found = (part for kind, part in self._related.values() if kind == wanted)
        return next((part for part in found if self.has(part)), None)


def _plain(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").casefold()


def read_strings(stream: IO[bytes]) -> list[str]:
    """Read the table of texts of a workbook."""
    strings: list[str] = []
    collector = TextCollector()

    def end(element: str) -> None:
        collector.end(element)
        if element == "si":
            strings.append(from_workbook(collector.take()))

    with stream:
        read_events(stream, collector.start, end, collector.text)
    return strings


class TextCollector:
    """Collects the text of a string in its runs, and leaves out how it is pronounced."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._within = self._phonetic = False

    def start(self, element: str, _: Mapping[str, str]) -> None:
        """Begin an element."""
        if element == "rPh":
            self._phonetic = True
        elif element == "t":
            self._within = not self._phonetic

    def end(self, element: str) -> None:
        """End an element."""
        if element == "rPh":
            self._phonetic = False
        elif element == "t":
            self._within = False

    def text(self, characters: str) -> None:
        """Keep characters if they belong to the text."""
        if self._within:
            self._pieces.append(characters)

    def take(self) -> str:
        """Return what was collected, and begin anew."""
        collected = "".join(self._pieces)
        self._pieces.clear()
        return collected
