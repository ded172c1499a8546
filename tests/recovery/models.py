"""Every regression on data drawn anew from a known truth, again and again.

`python tests/recovery/models.py 1000` prints bias, standard errors and coverage of 95 %
intervals; the test runs a few. Names of models after the number run these only.
"""

import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

import kamlab as kl
from tests.recovery import customers, margins, renewals
from tests.recovery.replications import coverage

MODELS = {
    draw.__name__: draw
    for draw in (
        renewals.logit,
        renewals.firth,
        renewals.probit,
        renewals.cloglog,
        renewals.cox,
        renewals.cox_by_year,
        renewals.random_intercept,
        margins.log_linear,
        margins.gamma,
        margins.quantile,
        margins.two_part,
        customers.sbg,
        customers.sbg_with_trust,
        customers.bgnbd,
        customers.bgnbd_with_trust,
        customers.mbgnbd,
        customers.paretonbd,
        customers.spend,
    )
}
FIRST_SEED = 20_000
PROCESSES = 2


def replicate(name, seed):
    """Return one row a term: truth, estimate, standard error and interval; none if refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return MODELS[name](seed).assign(seed=seed)
        except kl.KamlabError:
            return pd.DataFrame()


def recovered(table):
    """Return bias, spread beside the claimed standard error, and coverage by term.

    Replications in which a term runs off, so that its standard error is infinite or it has no
    estimate, are counted apart and do not count elsewhere.
    """
    runs_off = np.isinf(table["std_error"]) | table["estimate"].isna()
    told = table[~runs_off]
    claimed = told["std_error"] / told["scale"]
    keys = [told["kind"], told["term"]]
    result = coverage(told)
    result["claimed"] = np.sqrt((claimed**2).groupby(keys, sort=False).mean())
    result.loc[told["conf_low"].groupby(keys, sort=False).count() == 0, "coverage"] = np.nan
    result["ran_off"] = runs_off.groupby([table["kind"], table["term"]], sort=False).sum()
    share = result["coverage"]
    result["coverage_error"] = np.sqrt(share * (1 - share) / result["replications"])
    order = "truth bias bias_error spread claimed coverage coverage_error replications ran_off"
    return result[order.split()]


def main(count, names):
    """Run replications of each model and print what was found."""
    seeds = range(FIRST_SEED, FIRST_SEED + count)
    with ProcessPoolExecutor(PROCESSES) as pool:
        for name in names or MODELS:
            table = pd.concat(pool.map(partial(replicate, name), seeds, chunksize=10))
            refused = count - table["seed"].nunique()
            print(f"{name}: {refused} of {count} refused")
            print(recovered(table).round(4).to_string(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
