"""Makes the inputs of value.R and checks.py, some by kamlab's sample company, some simulated.

Usage, in this folder: ../../../.venv/bin/python make_inputs.py
kamlab writes rows here (`analysis_table(sample_company())`); it computes no reference number.
"""

import numpy as np
import pandas as pd

import kamlab as kl

DISCOUNT = 0.10


def sample_rows() -> pd.DataFrame:
    """Decided rows with a positive margin; ltv = margin r / (1 + d - r), r the share staying."""
    table = kl.analysis_table(kl.sample_company())
    rows = table[table["decided"]].copy()
    rows["stayed"] = rows["stayed"].astype(int)
    r = rows["stayed"].mean()
    margin = rows["net_margin"].astype(float)
    rows["ltv"] = margin * r / (1 + DISCOUNT - r)
    keep = [
        "account_id",
        "period",
        "net_margin",
        "ltv",
        "trust",
        "commitment",
        "satisfaction",
        "size",
        "share_of_wallet",
        "industry",
    ]
    rows = rows.loc[margin > 0, keep].dropna().reset_index(drop=True)
    numbers = [name for name in keep if name not in ("account_id", "period", "industry")]
    rows[numbers] = rows[numbers].astype(float)
    return rows


def with_zeros() -> pd.DataFrame:
    """Four hundred rows of 100 accounts whose margin is zero in about a third of them."""
    rng = np.random.default_rng(31)
    account = np.repeat(np.arange(100), 4)
    trust = (rng.normal(size=100)[account] * 0.7 + rng.normal(size=400) * 0.7).round(3)
    size = rng.normal(2, 0.5, 100).round(3)[account]
    earns = rng.random(400) < 1 / (1 + np.exp(-(0.8 + 0.6 * trust)))
    mean = np.exp(1.0 + 0.3 * trust + 0.5 * size)
    margin = np.where(earns, rng.gamma(2.0, mean / 2.0), 0.0).round(4)
    return pd.DataFrame(
        {
            "account_id": [f"{i:03d}" for i in account],
            "margin": margin,
            "trust": trust,
            "size": size,
        }
    )


def with_error() -> pd.DataFrame:
    """Two true scores seen with correlated errors of known covariance, and one exact column."""
    rng = np.random.default_rng(32)
    n = 500
    truth = rng.multivariate_normal([4.5, 4.2], [[1.0, 0.5], [0.5, 0.8]], n)
    error = rng.multivariate_normal([0, 0], [[0.30, 0.10], [0.10, 0.20]], n)
    size = (0.3 * truth[:, 0] + rng.normal(size=n)).round(4)
    y = 1 + 0.5 * truth[:, 0] + 0.3 * truth[:, 1] + 0.4 * size + rng.normal(0, 0.7, n)
    seen = (truth + error).round(4)
    return pd.DataFrame(
        {
            "account_id": [f"{i // 5:03d}" for i in range(n)],
            "y": y.round(4),
            "trust": seen[:, 0],
            "commitment": seen[:, 1],
            "size": size,
        }
    )


if __name__ == "__main__":
    for name, frame in (("rows", sample_rows()), ("zeros", with_zeros()), ("error", with_error())):
        frame.to_csv(f"{name}.csv", index=False)
        print(name, frame.shape)
