"""Read XML as a stream of events, without the parts of XML by which a file can do harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

Start = Callable[[str, Mapping[str, str]], None]
CHUNK = 2**20


class UnsafeXml(ValueError):
    """XML that declares entities or a document type, which no spreadsheet program writes."""


class _LocalNames(dict[str, str]):
    """Names without their namespace, which differs between the two editions of the standard."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(" ")[2]
        return local


def read_events(
    part: IO[bytes],
    start: Start,
    end: Callable[[str], None] = lambda _: None,
    text: Callable[[str], None] = lambda _: None,
) -> None:
    """Call functions for each element's start and end and for text.

    Parameters
    ----------
    part : file of bytes
    start : function of (name, attributes)
        Names are without namespace, except those of attributes that have one.
    end : function of name
    text : function of str

    Raises
    ------
    UnsafeXml
        If the part declares a document type; entities that multiply or name files need one.
    expat.ExpatError
        If it is no XML.
    """
    local = _LocalNames()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(local[name], attributes)
    parser.EndElementHandler = lambda name: end(local[name])
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    while chunk := part.read(CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise UnsafeXml
