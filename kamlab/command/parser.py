"""The commands and their options; what each does stands in the module of its name."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib.metadata import version

from kamlab.command.arguments import (
    PROGRAM,
    Parser,
    language_name,
    listed_names,
    unknown_options,
    whole_number,
)
from kamlab.foundation.language import say

Adding = Callable[[Parser], None]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the user wants, or end with help or with what does not fit.

    Raises
    ------
    SystemExit
        With 0 after help, with `Exit.WRONG_USE` after a mistake.
    """
    parser = Parser(
        prog=PROGRAM, description=str(say("command.about")), epilog=str(say("command.epilog"))
    )
    number = version("kamlab")
    parser.add_argument(
        "--version", action="version", version=f"kamlab {number}", help=_help("version")
    )
    _add_language(parser)
    commands = parser.add_subparsers(
        title=str(say("command.commands")), dest="command", metavar="COMMAND", parser_class=Parser
    )
    parsers = {name: _command(commands, name, add) for name, add in COMMANDS.items()}
    options, unknown = parser.parse_known_args(arguments)
    chosen = parsers.get(options.command, parser)
    if unknown:
        chosen.refuse(unknown_options(unknown, chosen))
    if options.command is None:
        parser.print_help()
        parser.exit()
    options.refuse = chosen.refuse
    return options


def _command(commands: argparse._SubParsersAction[Parser], name: str, add: Adding) -> Parser:
    parser = commands.add_parser(
        name,
        help=str(say(f"command.{name}_short")),
        description=str(say(f"command.{name}_about")),
        epilog=str(say(f"command.{name}_examples")),
    )
    add(parser)
    parser.add_argument("--overwrite", action="store_true", help=_help("overwrite"))
    _add_language(parser)
    return parser


def _report(parser: Parser) -> None:
    parser.add_argument("path", nargs="?", metavar="EXPORT", help=_help("export"))
    parser.add_argument("--sample", action="store_true", help=_help("sample"))
    _add_reading(parser)
    parser.add_argument("--strict", action="store_true", help=_help("strict"))
    parser.add_argument("-o", "--output", metavar="FILE", help=_help("report_output"))
    parser.add_argument("--accounts", type=listed_names, metavar="IDS", help=_help("accounts"))
    parser.add_argument("--model", metavar="MODEL", help=_help("model"))
    parser.add_argument("--hypotheses", metavar="CLAIMS", help=_help("hypotheses"))
    parser.add_argument("--seed", type=whole_number, metavar="NUMBER", help=_help("seed"))
    parser.add_argument("--quiet", action="store_true", help=_help("quiet"))


def _check(parser: Parser) -> None:
    parser.add_argument("path", metavar="EXPORT", help=_help("export"))
    _add_reading(parser)
    parser.add_argument("--comments", metavar="FILE", help=_help("comments"))
    parser.add_argument("--set-aside", metavar="FILE", help=_help("set_aside"))


def _template(parser: Parser) -> None:
    parser.add_argument("output", metavar="OUT.xlsx", help=_help("template_output"))


def _sample(parser: Parser) -> None:
    parser.add_argument("output", metavar="OUT", help=_help("sample_output"))
    parser.add_argument("--n-accounts", type=whole_number, metavar="N", help=_help("n_accounts"))
    parser.add_argument("--seed", type=whole_number, metavar="NUMBER", help=_help("sample_seed"))


def _mapping(parser: Parser) -> None:
    parser.add_argument("path", metavar="EXPORT", help=_help("export"))
    parser.add_argument("-o", "--output", metavar="FILE", help=_help("mapping_output"))


def _add_reading(parser: Parser) -> None:
    parser.add_argument("--mapping", metavar="FILE", help=_help("mapping"))
    parser.add_argument("--currency", metavar="CODE", help=_help("currency"))


def _add_language(parser: Parser) -> None:
    # Suppressed, for the main parser's answer must not be undone by the command's silence.
    parser.add_argument(
        "--language",
        type=language_name,
        default=argparse.SUPPRESS,
        metavar="en|ja",
        help=_help("language"),
    )


def _help(name: str) -> str:
    return str(say(f"command.help_{name}"))


COMMANDS: dict[str, Adding] = {
    "mapping": _mapping,
    "check": _check,
    "report": _report,
    "template": _template,
    "sample": _sample,
}
"""In the order in which one needs them."""
