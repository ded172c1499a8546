"""lavaan's times, taken inside R so that R's own start does not count."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from sem_cases import Case

SCRIPT = Path(__file__).with_name("lavaan_peer.R")
LONGEST = 600
DRAWS = 50
"""Bootstrap draws that lavaan is timed on; the time of more is in proportion."""


@dataclass(frozen=True)
class Missing:
    """Why there are no times."""

    reason: str


@dataclass(frozen=True)
class Timed:
    """The median of some runs, and the chi-square that was found."""

    seconds: float
    chisq: float


def lavaan_seconds(cases: Sequence[Case]) -> dict[str, Timed] | Missing:
    """Return the times of some cases by name."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return Missing("Rscript is not on the path")
    with TemporaryDirectory() as folder:
        _write(Path(folder), cases)
        try:
            done = subprocess.run(
                [rscript, str(SCRIPT), folder], capture_output=True, text=True, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return Missing(f"it took longer than {LONGEST} s")
        if done.returncode:
            return Missing(done.stderr.strip().splitlines()[-1])
        found = pd.read_csv(Path(folder, "times.csv"), index_col="name")
    print(f"{done.stdout.strip()}; its bootstrap is timed on {DRAWS} draws and scaled")
    draws = {case.name: case.draws for case in cases}
    return {
        str(name): Timed(row["seconds"] * max(draws[str(name)] / DRAWS, 1.0), row["chisq"])
        for name, row in found.iterrows()
    }


def _write(folder: Path, cases: Sequence[Case]) -> None:
    jobs = []
    for case in cases:
        case.data().to_csv(folder / f"{case.name}.csv", index=False)
        (folder / f"{case.name}.txt").write_text(case.model(), encoding="utf-8")
        runs = max(3, min(7, case.runs // 3))
        draws = DRAWS if case.draws else 0
        jobs.append((case.name, case.estimator, draws, runs))
    table = pd.DataFrame(jobs, columns=["name", "estimator", "draws", "runs"])
    table.to_csv(folder / "jobs.csv", index=False)
