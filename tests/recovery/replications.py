"""The whole chain, again and again on new companies: does an interval cover as often as it says?

`python tests/recovery/replications.py 1000` prints bias and coverage; the test runs a few.
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

import kamlab as kl
from kamlab.accounts.simulation.truth import LOG_MARGIN, RETENTION

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"
RAISE = {"trust": 1}
N_ACCOUNTS = 240
DRAWS = 400
FIRST_SEED = 10_000


def replicate(seed: int) -> pd.DataFrame:
    """Return one row per quantity: truth, estimate and interval, scores corrected or not."""
    company = kl.simulate_company(n_accounts=N_ACCOUNTS, seed=seed)
    rows, error = kl.analysis_table(company), kl.score_error(company)
    parts = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, known in (("naive", None), ("corrected", error)):
            stay = kl.fit_retention(STAY, rows, error=known)
            worth = kl.fit_value(WORTH, rows, error=known)
            parts += [
                _terms(stay, RETENTION, f"{name}, staying"),
                _terms(worth, LOG_MARGIN, f"{name}, margin"),
                _chain(company, stay, worth, name),
            ]
    return pd.concat(parts, ignore_index=True).assign(seed=seed)


def _terms(fit, truth, kind):
    table = fit.slopes()[["term", "estimate", "conf_low", "conf_high"]]
    return table.assign(truth=table["term"].map(truth), kind=kind, scale=1.0)


def _chain(company, stay, worth, name):
    methods = ("bootstrap", "delta") if name == "naive" else ("bootstrap",)
    found = []
    for method in methods:
        value = kl.value_of_quality(stay, worth, raise_by=RAISE, method=method, n_boot=DRAWS)
        accounts = value.augment().set_index("account_id")
        truth = company.truth.gains(company.periods, {"trust": accounts["raise_trust"]})
        gains = truth.set_index("account_id").loc[accounts.index, "gain"]
        total = value.tidy().iloc[0]
        found.append(
            {
                "kind": f"{name}, chain by {method}",
                "term": "total",
                "truth": gains.sum(),
                "estimate": total["estimate"],
                "conf_low": total["conf_low"],
                "conf_high": total["conf_high"],
                "scale": gains.sum(),
            }
        )
        own = accounts.sample(1, random_state=0).index
        row = accounts.loc[own].iloc[0]
        found.append(
            {
                "kind": f"{name}, chain by {method}",
                "term": "one account",
                "truth": gains[own].item(),
                "estimate": row["gain"],
                "conf_low": row["gain_low"],
                "conf_high": row["gain_high"],
                "scale": gains[own].item(),
            }
        )
    return pd.DataFrame(found)


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Return bias (in units of `scale`), its Monte-Carlo error and coverage by quantity."""
    off = (table["estimate"] - table["truth"]) / table["scale"]
    hit = (table["conf_low"] <= table["truth"]) & (table["truth"] <= table["conf_high"])
    groups = table.assign(off=off, hit=hit).groupby(["kind", "term"], sort=False)
    result = groups.agg(truth=("truth", "mean"), bias=("off", "mean"), spread=("off", "std"))
    result["bias_error"] = result["spread"] / np.sqrt(groups.size())
    return result.assign(coverage=groups["hit"].mean(), replications=groups.size())


def main(count: int) -> None:
    """Run replications on all processors and print what was found."""
    with ProcessPoolExecutor() as pool:
        seeds = range(FIRST_SEED, FIRST_SEED + count)
        table = pd.concat(pool.map(replicate, seeds, chunksize=5))
    print(coverage(table).round(4).to_string())


if __name__ == "__main__":
    main(int(sys.argv[1]))
