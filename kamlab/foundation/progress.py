"""Word that long work goes on: one line, where a person watches, after some seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kamlab.foundation.language import Text, say

PATIENCE = 5.0
"""Seconds of work that need no word."""
BEAT = 1.0

Percent = Callable[[], float]


@contextmanager
def watched(work: Text, percent: Percent | None = None) -> Iterator[None]:
    """Tell how long the work in the `with` block has taken, and how far it is if that is known.

    Parameters
    ----------
    work : Text
        What is being done, as in "Summarising orders".
    percent : callable, optional
        Returns how much is done, from 0 to 100, or less than 0 where that is not known.
    """
    if not somebody_watches():
        yield
        return
    ended = threading.Event()
    teller = threading.Thread(target=_tell, args=(ended, work, percent), daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def somebody_watches() -> bool:
    """Return whether messages go to a terminal or a notebook, not to a log."""
    in_notebook = type(sys.stderr).__module__.startswith("ipykernel")
    return in_notebook or (sys.stderr is not None and sys.stderr.isatty())


def _tell(ended: threading.Event, work: Text, percent: Percent | None) -> None:
    started = time.monotonic()
    if ended.wait(PATIENCE):
        return
    while True:
        done = -1.0 if percent is None else percent()
        seconds = round(time.monotonic() - started)
        if done > 0:
            word = say(
                "foundation.progress_percent", work=work, seconds=seconds, percent=round(done)
            )
        else:
            word = say("foundation.progress_seconds", work=work, seconds=seconds)
        sys.stderr.write(f"\r{word} ")
        sys.stderr.flush()
        if ended.wait(BEAT):
            break
    sys.stderr.write("\n")
    sys.stderr.flush()
