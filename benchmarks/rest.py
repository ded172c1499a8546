"""What else is timed: importing kamlab, agreement of two models, portfolios of many accounts."""

from __future__ import annotations

from clock import child_seconds, python, seconds

ACCOUNTS = 100_000


def imports() -> None:
    """Compare `import pandas` with `import pandas, kamlab`."""
    alone, both = (
        child_seconds(python(f"import {names}")) for names in ("pandas", "pandas, kamlab")
    )
    print(f"import: pandas {alone:.3f} s, pandas and kamlab {both:.3f} s ({both - alone:+.3f} s)")


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
