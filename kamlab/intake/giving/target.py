"""Where a file is written to: told clearly if it cannot be, such as while Excel has it open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import same, say


def make_way(path: Path) -> None:
    """Make the folder of a file, and see before any work that the file can be written.

    Raises
    ------
    KamlabError
        If the system does not allow it.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        was_there = path.exists()
        path.open("ab").close()
        if not was_there:
            path.unlink()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn an error of the system into a sentence about the path."""
    try:
        yield
    except OSError as error:
        reason = same(error.strerror or type(error).__name__)
        raise KamlabError(say("intake.unwritable", path=path, reason=reason)) from error
