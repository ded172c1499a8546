"""`python -m kamlab`: from what was typed to an exit code."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

from kamlab.command.exits import Exit, exit_of
from kamlab.command.parser import parse
from kamlab.command.problems import told
from kamlab.command.streams import let_go_of_output, say_aside, speak_utf8
from kamlab.command.tongue import language_of
from kamlab.foundation.errors import KamlabError, KamlabWarning
from kamlab.foundation.language import same, say, speaking


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed behind `python -m kamlab`.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands there; of the running program if left out.

    Returns
    -------
    int
        One of `Exit`.

    Raises
    ------
    SystemExit
        After help, and where the arguments do not fit.

    Examples
    --------
    >>> main(["template", "private/company.xlsx", "--language", "ja"])  # doctest: +SKIP
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    speak_utf8()
    with speaking(language_of(arguments, os.environ)):
        return _ended(arguments)


def _ended(arguments: Sequence[str]) -> int:
    try:
        options = parse(arguments)
        with _warnings_told():
            return _run(options)
    except KamlabError as error:
        say_aside(told(error))
        return exit_of(error)
    except KeyboardInterrupt:
        say_aside(say("command.interrupted"))
        return Exit.INTERRUPTED
    except BrokenPipeError:
        let_go_of_output()
        return Exit.FILE
    except OSError as error:
        reason = same(error.strerror or type(error).__name__)
        say_aside(say("command.system", file=error.filename or "", reason=reason))
        return Exit.FILE
    except Exception:
        say_aside(say("command.our_mistake"))
        sys.excepthook(*sys.exc_info())
        return Exit.OUR_MISTAKE


def _run(options: argparse.Namespace) -> Exit:
    # Each command imports what it needs: help must not wait for pandas.
    module = import_module(f"kamlab.command.{options.command}")
    run: Callable[[argparse.Namespace], Exit] = module.run
    return run(options)


@contextmanager
def _warnings_told() -> Iterator[None]:
    """Say kamlab's warnings as sentences, each once; others are for those who write programs."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", KamlabWarning)
        try:
            yield
        finally:
            for text in dict.fromkeys(str(each.message) for each in caught):
                say_aside(say("command.note", text=text))
