"""What a user may type, and what is said when it is something else."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from kamlab.command.exits import Exit
from kamlab.command.streams import say_aside
from kamlab.command.wrapping import HelpFormatter
from kamlab.foundation.language import Text, listed, say
from kamlab.foundation.nearest import nearest_hint

PROGRAM = "python -m kamlab"

MISTAKES = (
    ("usage_missing", r"the following arguments are required: (?P<names>.*)"),
    ("usage_no_value", r"argument (?P<names>.*?): expected one argument"),
    ("usage_takes_none", r"argument (?P<names>.*?): ignored explicit argument .*"),
    (
        "usage_choice",
        r"argument .*?: invalid choice: '?(?P<given>.*?)'? \(choose from (?P<names>.*)\)",
    ),
    ("usage_value", r"argument (?P<names>.*?): (?P<what>.*)"),
    ("usage_other", r"(?P<what>.*)"),
)
"""How argparse words what does not fit, and our words for it; the first that fits counts."""


class Parser(argparse.ArgumentParser):
    """argparse in the current language: headings, wrapping and mistakes."""

    def __init__(self, **settings: Any) -> None:
        settings |= {"add_help": False, "allow_abbrev": False, "formatter_class": HelpFormatter}
        super().__init__(**settings)
        self._optionals.title = str(say("command.options"))
        self._positionals.title = str(say("command.positionals"))
        self.add_argument("-h", "--help", action="help", help=str(say("command.help_help")))

    def format_usage(self) -> str:
        """Return the line that shows how the command is used."""
        return self._in_our_words(super().format_usage())

    def format_help(self) -> str:
        """Return the whole help."""
        return self._in_our_words(super().format_help())

    def error(self, message: str) -> NoReturn:
        """Say what does not fit, and end."""
        self.refuse([_told(message)])

    def refuse(self, mistakes: Sequence[Text]) -> NoReturn:
        """Say all that does not fit and where help is, and end."""
        say_aside(self.format_usage().rstrip())
        for mistake in mistakes:
            say_aside(say("command.usage_mistake", what=mistake))
        say_aside(say("command.usage_more", program=self.prog))
        sys.exit(Exit.WRONG_USE)

    def _in_our_words(self, text: str) -> str:
        return text.replace("usage:", str(say("command.usage")), 1)


def unknown_options(given: Sequence[str], parser: argparse.ArgumentParser) -> list[Text]:
    """Return words about what no option or place takes, each with the option probably meant."""
    known = [name for action in parser._actions for name in action.option_strings]
    return [
        say("command.usage_unknown", given=each, nearest=nearest_hint(each.split("=")[0], known))
        for each in given
    ]


def whole_number(text: str) -> int:
    """Read a whole number of 0 or more, as argparse reads a value."""
    if not re.fullmatch(r"[0-9]{1,18}", text.strip()):
        raise argparse.ArgumentTypeError(str(say("command.not_whole", given=text)))
    return int(text)


def listed_names(text: str) -> tuple[str, ...]:
    """Read names with commas between them, as argparse reads a value."""
    names = tuple(dict.fromkeys(part.strip() for part in re.split("[,、，]", text) if part.strip()))
    if not names:
        raise argparse.ArgumentTypeError(str(say("command.no_names")))
    return names


def language_name(text: str) -> str:
    """Read the name of a language, as argparse reads a value."""
    if text not in ("en", "ja"):
        raise argparse.ArgumentTypeError(str(say("command.no_language", given=text)))
    return text


def _told(message: str) -> Text:
    found = ((key, re.fullmatch(pattern, message, flags=re.DOTALL)) for key, pattern in MISTAKES)
    key, words = next((key, match.groupdict()) for key, match in found if match)
    if key == "usage_choice":
        names = re.findall(r"[\w-]+", words["names"])
        hint = nearest_hint(words["given"], names)
        return say("command.usage_choice", given=words["given"], nearest=hint, names=listed(names))
    return say(f"command.{key}", **words)
