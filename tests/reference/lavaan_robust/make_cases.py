"""Makes cases.csv: skewed answers of clustered respondents, some missing."""

from pathlib import Path

import numpy as np
import pandas as pd

N, CLUSTERS = 260, 24


def cases() -> pd.DataFrame:
    """Return the cases: two factors with three indicators each, and two covariates.

    What y1 and y4 share beyond the factors makes the model fit badly.
    """
    rng = np.random.default_rng(4)
    x = rng.normal(size=(N, 2)) @ [[1.0, 0.4], [0.0, 0.9]]
    x[:, 1] = np.exp(0.4 * x[:, 1])
    cluster = rng.integers(0, CLUSTERS, N)
    first = 0.5 * x[:, 0] - 0.3 * x[:, 1] + rng.standard_t(6, N)
    second = 0.6 * first + 0.2 * x[:, 1] + rng.standard_t(6, N)
    loadings = np.array([1.0, 0.8, 0.9, 1.0, 0.7, 1.1])
    factors = np.column_stack([first] * 3 + [second] * 3)
    y = factors * loadings + rng.gamma(2, 0.5, (N, 6))
    y += 0.5 * rng.normal(size=(CLUSTERS, 1))[cluster]
    y[:, [0, 3]] += 0.6 * rng.normal(size=(N, 1))
    y[rng.random(y.shape) < 0.12] = np.nan
    x[rng.random(N) < 0.04, 1] = np.nan
    y[7], x[8, 1], y[8] = np.nan, 0.5, np.nan
    names = [f"y{i}" for i in range(1, 7)] + ["x1", "x2"]
    table = pd.DataFrame(np.column_stack([y, x]), columns=names).round(3)
    return table.assign(group=np.arange(N) % 5 // 3 + 1, cluster=cluster)


if __name__ == "__main__":
    cases().to_csv(Path(__file__).with_name("cases.csv"), index=False)
