"""The characters of a text file: which encoding it is in, as far as its bytes tell."""

from __future__ import annotations

import codecs
import re

from kamlab.intake.sources.found import UnreadableSheet

DAMAGED_UTF8 = 4
"""Good characters to a bad one from which a file is damaged UTF-8, not cp932.

Only characters of three bytes and more count as good, as Japanese has in UTF-8: in cp932 text
the bad ones far outnumber them. Characters of two bytes would not tell, as half-width katakana
of cp932 often pass for them.
"""

ONE_SIDED = 0.9
"""Share of zero bytes on even or on odd places from which text is UTF-16 without its mark: the
zeros of its commas, digits and line ends stand on one side, those of other files on both."""

WORKBOOK_SIGNATURES = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))

NOT_ASSIGNED = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")
"""What Python makes of single bytes that mean nothing in Shift_JIS: 80, A0, FD, FE, FF."""

_ESCAPES = (b"\x1b$@", b"\x1b$B", b"\x1b(J", b"\x1b(I")
_LETTER_IN_A_WORD = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][A-Za-z]")
_NOT_WESTERN = re.compile(rb"[\x80-\xff]{2}|[^\x00-\x7f\x91-\x94\x96\x97\xa0\xc0-\xff]")


def decode(content: bytes) -> tuple[str, str]:
    """Decode a text file.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    text, encoding : str
        The encoding is "utf-8", "utf-8-sig" (with byte-order mark), "utf-16" or "cp932" (Shift_JIS
        as Windows writes it).

    Raises
    ------
    UnreadableSheet
        If it is none of them, is damaged, or could as well be another encoding.

    Examples
    --------
    >>> decode("顧客".encode("cp932"))
    ('顧客', 'cp932')
    """
    if content.startswith(WORKBOOK_SIGNATURES):
        raise UnreadableSheet("workbook_named_text")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _utf16(content, "utf-16"), "utf-16"
    if b"\0" in content:
        return _utf16(content, _byte_order(content)), "utf-16"
    marked = content.startswith(codecs.BOM_UTF8)
    content = content.removeprefix(codecs.BOM_UTF8)
    if any(escape in content for escape in _ESCAPES):
        raise UnreadableSheet("other_encoding", name="ISO-2022-JP (JIS)")
    try:
        return content.decode("utf-8"), "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError as error:
        if marked or _is_damaged_utf8(content):
            line = content.count(b"\n", 0, error.start) + 1
            raise UnreadableSheet("damaged_utf8", line=line) from error
    return _cp932(content), "cp932"


def _utf16(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSheet("encoding") from error
    if "\0" in text:
        raise UnreadableSheet("encoding")
    return text


def _byte_order(content: bytes) -> str:
    even, odd = content[::2].count(0), content[1::2].count(0)
    if max(even, odd) < ONE_SIDED * (even + odd):
        raise UnreadableSheet("encoding")
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_damaged_utf8(content: bytes) -> bool:
    text = content.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(character >= "\u0800" for character in text) - bad
    return good >= DAMAGED_UTF8 * bad


def _cp932(content: bytes) -> str:
    """Decode what Excel in Japan writes, unless the bytes could be of another encoding too."""
    try:
        text = content.decode("cp932")
    except UnicodeDecodeError as error:
        raise UnreadableSheet("encoding") from error
    if not NOT_ASSIGNED.isdisjoint(text):
        raise UnreadableSheet("encoding")
    if _is_euc(content):
        raise UnreadableSheet("other_encoding", name="EUC-JP")
    if _is_western(content):
        raise UnreadableSheet("other_encoding", name="Windows-1252 (Latin-1)")
    return text


def _is_euc(content: bytes) -> bool:
    """Return whether it is valid EUC-JP, which Shift_JIS with its kanji practically never is."""
    try:
        content.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    return True


def _is_western(content: bytes) -> bool:
    """Return whether all that is no ASCII is an accented letter, a quotation mark or a dash.

    Each then stands alone, which characters of Japanese words practically never all do.
    """
    return bool(_LETTER_IN_A_WORD.search(content)) and not _NOT_WESTERN.search(content)
