"""Customers without contract, simulated from each model's own story in continuous time."""

import numpy as np
import pandas as pd


def lives(model, parameters, n, T, rng, *, rate=1.0, leaving=1.0):
    """Return purchase times of `n` accounts after their first purchase, up to `T`."""
    r, alpha, c, d = parameters
    rates = rng.gamma(r, 1 / alpha, n) * rate
    T, leaving = np.broadcast_to(T, n), np.broadcast_to(leaving, n)
    if model == "paretonbd":
        ends = rng.exponential(1 / (rng.gamma(c, 1 / d, n) * leaving))
        return [np.sort(rng.random(rng.poisson(one * min(end, t))) * min(end, t))
                for one, end, t in zip(rates, ends, T, strict=True)]  # fmt: skip
    chances, times = rng.beta(c * leaving, d), []
    for one, p, t in zip(rates, chances, T, strict=True):
        bought = np.sort(rng.random(rng.poisson(one * t)) * t)
        # How many more purchases there are until it leaves, the first of all counting for MBG.
        stays = rng.geometric(p) - (model == "mbgnbd")
        times.append(bought[:stays])
    return times


def summary_of(times, T, **columns):
    T = np.broadcast_to(np.asarray(T, dtype=float), len(times))
    seen = [one[one <= t] for one, t in zip(times, T, strict=True)]
    table = {
        "account_id": [f"A-{i:05d}" for i in range(len(times))],
        "frequency": [len(one) for one in seen],
        "recency": [one[-1] if len(one) else 0.0 for one in seen],
        "T": T,
    }
    return pd.DataFrame(table | columns)


TRUTH = {
    "bgnbd": (0.8, 4.0, 0.8, 2.5),
    "mbgnbd": (0.9, 4.0, 0.7, 2.0),
    "paretonbd": (0.8, 4.0, 0.7, 15.0),
}
