"""kamlab beside its peers, in one run: what it costs to import it, and to test a theory.

Each line gives the median of several runs and the ratio of kamlab to the peer.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

RUNS = 7


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of some runs, after one that does not count."""
    work()
    times = []
    for _ in range(runs):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)


def python(code: str) -> Callable[[], object]:
    """Return the work of running some code in a fresh interpreter."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def imports() -> None:
    """Compare `import pandas` with `import pandas, kamlab`."""
    alone, both = seconds(python("import pandas")), seconds(python("import pandas, kamlab"))
    print(f"import: pandas {alone:.3f} s, pandas and kamlab {both:.3f} s ({both - alone:+.3f} s)")


def path_model() -> None:
    """Compare the test of commitment-trust theory with semopy's fit of the same path model."""
    import semopy

    from kamlab.accounts.samples import sample_company
    from kamlab.quality.scores import account_scores, last_wave, respondent_scores
    from kamlab.theory.kmv import KMV, equations
    from kamlab.theory.paths import fit_paths

    names = list(dict.fromkeys([*equations(), *(c for own in equations().values() for c in own)]))
    scores = last_wave(respondent_scores(sample_company().survey, names))
    data = account_scores(scores, ["account_id"])[names]
    data = (data - data.mean()) / data.std()

    def peer() -> object:
        model = semopy.Model(KMV)
        model.fit(data)
        return model.inspect()

    ours, theirs = seconds(lambda: fit_paths(data, equations())), seconds(peer)
    print(
        f"thirteen paths with standard errors, {len(data)} accounts: kamlab {1e3 * ours:.0f} ms, "
        f"semopy {1e3 * theirs:.0f} ms (ratio {ours / theirs:.2f})"
    )


if __name__ == "__main__":
    imports()
    path_model()
