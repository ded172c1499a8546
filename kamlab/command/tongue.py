"""Which language a command speaks: the one asked for, or that of the system."""

from __future__ import annotations

import locale
from collections.abc import Mapping, Sequence

from kamlab.foundation.language import Language

OPTION = "--language"
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where systems say their language, the first that is set decides."""


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language of a command before its arguments are understood, help included.

    Parameters
    ----------
    arguments : sequence of str
        What stands behind `python -m kamlab`.
    environment : mapping of str to str
        The variables of the system.

    Returns
    -------
    {"en", "ja"}
        What `--language` says; else Japanese where the system is Japanese; else English.

    Examples
    --------
    >>> language_of(["check", "crm.xlsx"], {"LANG": "ja_JP.UTF-8"})
    'ja'
    """
    asked = _asked(arguments)
    if asked in ("en", "ja"):
        return "ja" if asked == "ja" else "en"
    said = next((environment[name] for name in VARIABLES if environment.get(name)), None)
    system = said or locale.getlocale()[0] or ""  # Windows: "Japanese_Japan"
    return "ja" if system.lower().startswith("ja") else "en"


def _asked(arguments: Sequence[str]) -> str:
    asked = ""
    for here, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if here == OPTION:
            asked = following
        elif here.startswith(f"{OPTION}="):
            asked = here.partition("=")[2]
    return asked
