"""How long work takes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time

RUNS = 7


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median processor time of some runs, after one that does not count.

    Processor time does not grow while other programs keep the machine busy, or hardly so.
    """
    return _median(work, runs, process_time)


def child_seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the same for work in another process; time on the wall where that is not known."""
    return _median(work, runs, perf_counter if os.name == "nt" else _time_of_children)


def _time_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _median(work: Callable[[], object], runs: int, now: Callable[[], float]) -> float:
    work()
    times = []
    for _ in range(runs):
        start = now()
        work()
        times.append(now() - start)
    return median(times)


def python(code: str) -> Callable[[], object]:
    """Return the work of running some code in a fresh interpreter."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def load() -> str:
    """Return how busy the machine is."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def readable(duration: float) -> str:
    """Return seconds with a unit and three digits."""
    return f"{duration:.3g} s" if duration >= 1 else f"{1e3 * duration:.3g} ms"
