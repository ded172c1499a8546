"""Every sentence and label in English and Japanese.

A room keeps its words beside its code, in `words.toml`; `say` looks them up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_current: Language = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One statement in both languages; `str` gives it in the current one.

    Parameters
    ----------
    en, ja : str
        The English and the Japanese wording.

    Examples
    --------
    >>> trust = Text("Trust", "信頼")
    >>> str(trust)
    'Trust'
    """

    en: str
    ja: str

    @classmethod
    def from_toml(cls, entry: Mapping[str, str]) -> Text:
        """Read a text from a `{en = "...", ja = "..."}` table."""
        if not isinstance(entry, Mapping):
            raise TypeError(f'{entry!r} should be {{ en = "...", ja = "..." }}')
        return cls(en=entry["en"], ja=entry["ja"])

    def in_language(self, language: Language) -> str:
        """Return the wording in one language."""
        return self.en if language == "en" else self.ja

    def put(self, **values: object) -> Text:
        """Fill the `{named}` places; a value that is a `Text` is put in per language."""
        return Text(*(self._filled(language, values) for language in LANGUAGES))

    def _filled(self, language: Language, values: Mapping[str, object]) -> str:
        local = {
            name: value.in_language(language) if isinstance(value, Text) else value
            for name, value in values.items()
        }
        return self.in_language(language).format(**local)

    def __add__(self, other: Text) -> Text:
        """Join two texts as they stand."""
        return Text(self.en + other.en, self.ja + other.ja)

    def __str__(self) -> str:
        """Return the wording in the current language."""
        return self.in_language(_current)


def use_language(language: Language) -> None:
    """Choose the language of labels, tables, figures, reports and messages.

    Parameters
    ----------
    language : {"en", "ja"}

    Raises
    ------
    ValueError
        If the language is neither of the two.
    """
    global _current
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: use one of {', '.join(LANGUAGES)}")
    _current = language


def current_language() -> Language:
    """Return the language in use, `"en"` or `"ja"`."""
    return _current


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Use a language within a `with` block and return to the former one after it."""
    former = _current
    use_language(language)
    try:
        yield
    finally:
        use_language(former)


def say(key: str, **values: object) -> Text:
    """Return the words of a room, filled with values.

    Parameters
    ----------
    key : str
        `"<room>.<name>"`, as in `"accounts.missing_column"`.
    **values
        What goes into the `{named}` places.

    Raises
    ------
    KeyError
        If the room has no such words.
    """
    room, _, name = key.partition(".")
    return Text.from_toml(_words(room)[name]).put(**values)


def join(parts: list[Text]) -> Text:
    """Join names into one list: commas in English, 、 in Japanese."""
    return Text(", ".join(p.en for p in parts), "、".join(p.ja for p in parts))


def listed(names: Iterable[object]) -> Text:
    """Join names that read alike in both languages, such as headings.

    Examples
    --------
    >>> listed(["trust_1", "trust_2"])
    Text(en='trust_1, trust_2', ja='trust_1、trust_2')
    """
    return join([same(name) for name in names])


def paragraph(sentences: Iterable[Text]) -> Text:
    """Join sentences: with spaces in English, without in Japanese."""
    parts = list(sentences)
    return Text(" ".join(p.en for p in parts), "".join(p.ja for p in parts))


def same(value: object) -> Text:
    """Return a text that reads alike in both languages, such as an account's name."""
    return Text(str(value), str(value))


def money(amount: float, currency: str) -> Text:
    """Return an amount as people say it, with three significant digits.

    Thousands and millions in English, 万 and 億 in Japanese; JPY is 円 in Japanese.

    Examples
    --------
    >>> str(money(15_790_112, "JPY"))
    '15.8 million JPY'
    """
    en = _scaled(amount, ((1e9, " billion"), (1e6, " million"), (1e3, " thousand"), (1, "")))
    ja = _scaled(amount, ((1e12, "兆"), (1e8, "億"), (1e4, "万"), (1, "")))
    of = unit(currency)
    return Text(f"{en} {of.en}".rstrip(), f"{ja}{of.ja}".rstrip())


def unit(currency: str) -> Text:
    """Return a currency as it stands behind an amount; JPY is 円 in Japanese."""
    return Text(currency, "円" if currency == "JPY" else f" {currency}")


def _scaled(amount: float, units: tuple[tuple[float, str], ...]) -> str:
    rounded = float(f"{amount:.3g}")
    size, word = next((u for u in units if abs(rounded) >= u[0]), units[-1])
    digits = f"{rounded / size:,.10f}".rstrip("0").rstrip(".")
    return digits + word


@cache
def _words(room: str) -> dict[str, Any]:
    source = files("kamlab").joinpath(room, "words.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
