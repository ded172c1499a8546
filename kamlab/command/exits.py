"""How a command ended, as a number that scripts can ask for."""

from __future__ import annotations

from enum import IntEnum

from kamlab.foundation.errors import (
    ArgumentError,
    DataError,
    KamlabError,
    ModelError,
    NotApplicable,
)


class Exit(IntEnum):
    """What the exit codes mean; `python -m kamlab --help` lists them."""

    DONE = 0
    TO_MEND = 1
    """The data have errors, or questions about them are open."""
    WRONG_USE = 2
    FILE = 3
    """A file cannot be read or written, or is there already."""
    OUR_MISTAKE = 70
    INTERRUPTED = 130
    """By Ctrl-C; shells use the same number."""


class Unsettled(KamlabError):
    """The data, or the mapping that goes with them, have to be mended first."""


def exit_of(error: KamlabError) -> Exit:
    """Return the exit code that belongs to an error."""
    if isinstance(error, DataError | NotApplicable | Unsettled):
        return Exit.TO_MEND
    if isinstance(error, ArgumentError | ModelError):
        return Exit.WRONG_USE
    return Exit.FILE
