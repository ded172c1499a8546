"""kamlab beside its peers, in one run: importing it, testing a theory, agreement of two models.

Each line gives the median of several runs and the ratio of kamlab to the peer. Classification has
no peer: its lines give seconds.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

RUNS = 7
ACCOUNTS = 100_000


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


def agreement() -> None:
    """Compare kappa and adjusted mutual information with scikit-learn's, from labels."""
    import numpy as np
    from sklearn.metrics import adjusted_mutual_info_score, cohen_kappa_score

    from kamlab.portfolio.comparison.agreement import (
        adjusted_mutual_information,
        cohen_kappa,
        count_table,
    )

    rng = np.random.default_rng(0)
    one = rng.integers(0, 4, ACCOUNTS)
    other = np.where(rng.random(ACCOUNTS) < 0.5, one, rng.integers(0, 4, ACCOUNTS))

    def own() -> object:
        table = count_table(one, other, (4, 4))
        return cohen_kappa(table), adjusted_mutual_information(table)

    def peer() -> object:
        return cohen_kappa_score(one, other), adjusted_mutual_info_score(one, other)

    ours, theirs = seconds(own), seconds(peer)
    print(
        f"kappa and adjusted mutual information, {ACCOUNTS:,} accounts: kamlab {1e3 * ours:.0f} "
        f"ms, scikit-learn {1e3 * theirs:.0f} ms (ratio {ours / theirs:.2f})"
    )


def portfolio() -> None:
    """Time all models on many accounts, and many weightings of one model."""
    import pandas as pd

    import kamlab as kl

    survey = kl.sample_company().survey.groupby("account_id").mean(numeric_only=True)
    facts = kl.account_facts(kl.sample_company())
    table = (
        kl.sample_company().accounts.merge(facts, on="account_id").merge(survey, on="account_id")
    )
    copies = pd.concat([table] * (1 + ACCOUNTS // len(table)), ignore_index=True)[:ACCOUNTS]
    many = copies.assign(account_id=[f"A{number}" for number in range(ACCOUNTS)])
    names = list(kl.models()["model"])
    everything = seconds(lambda: [kl.classify(many, name).placement for name in names], runs=3)
    print(f"{len(names)} models, {ACCOUNTS:,} accounts: {everything:.2f} s")
    board = kl.classify(many[: ACCOUNTS // 10], "millman_wilson")
    doubts = seconds(lambda: board.how_sure(draws=1000), runs=3)
    print(
        f"1,000 weightings and 1,000 redrawn ratings, {ACCOUNTS // 10:,} accounts: {doubts:.2f} s"
    )


if __name__ == "__main__":
    imports()
    path_model()
    agreement()
    portfolio()
