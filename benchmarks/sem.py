"""Structural equations beside lavaan and semopy.

Each times a fit with standard errors, a table of (standardised) estimates and fit measures. Peers
are installed already or left out, with the reason.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec

from clock import readable, seconds
from lavaan_peer import Missing, lavaan_seconds
from sem_cases import CASES, Case

SEMOPY_RUNS = 5
SAME_CHISQ = 1e-4
"""lavaan's own optimiser stops that near to the minimum."""


def compare() -> None:
    """Print one line a case."""
    theirs = lavaan_seconds(CASES)
    if isinstance(theirs, Missing):
        print(f"lavaan left out: {theirs.reason}")
        theirs = {}
    has_semopy = find_spec("semopy") is not None
    if not has_semopy:
        print("semopy left out: it is not installed (`make bench` installs it)")
    for case in CASES:
        ours, chisq = kamlab_seconds(case)
        said = [f"kamlab {readable(ours)}"]
        if case.name in theirs:
            own = theirs[case.name]
            said.append(
                f"lavaan {readable(own.seconds)} {_ratio(case, 'lavaan', own.seconds, ours)}"
            )
            if abs(own.chisq - chisq) > SAME_CHISQ * chisq:
                said.append(f"NOT THE SAME FIT: chi-square {chisq:.4f}, lavaan's {own.chisq:.4f}")
        if has_semopy and "semopy" in case.targets:
            other = semopy_seconds(case)
            ratio = _ratio(case, "semopy", other, ours)
            said.append(f"semopy {readable(other)} {ratio}")
        print(f"{case.title}: {'; '.join(said)}")


def _ratio(case: Case, peer: str, theirs: float, ours: float) -> str:
    ratio, target = theirs / ours, case.targets[peer]
    verdict = "reached" if ratio >= target else "MISSED"
    return f"({ratio:.1f}x, target {target:g}x {verdict})"


def kamlab_seconds(case: Case) -> tuple[float, float]:
    """Return the time that kamlab takes, and the chi-square that it finds."""
    import kamlab as kl

    model, data = case.model(), case.data()

    def work() -> float:
        fit = kl.fit_sem(model, data, estimator=case.estimator, bootstrap=case.draws, seed=1)
        fit.tidy()
        return float(fit.glance()["chisq"].iloc[0])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # inadmissible draws of the bootstrap
        return seconds(work, case.runs), work()


def semopy_seconds(case: Case) -> float:
    """Return the time that semopy takes."""
    import semopy

    model, data = case.model(), case.data()

    def work() -> object:
        fit = semopy.Model(model)
        fit.fit(data)
        fit.inspect(std_est=True)
        return semopy.calc_stats(fit)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seconds(work, SEMOPY_RUNS)
