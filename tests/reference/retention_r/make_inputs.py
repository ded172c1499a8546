"""Makes the inputs of retention.R, some by kamlab's sample company, some simulated.

Usage, in this folder: ../../../.venv/bin/python make_inputs.py
kamlab writes rows here (`analysis_table(sample_company())`); it computes no reference number.
"""

import numpy as np
import pandas as pd

import kamlab as kl

DAYS_A_YEAR = 365.25


def sample_rows() -> pd.DataFrame:
    """Decided rows whose scores are known, with the spell of each on the clock of tenure."""
    table = kl.analysis_table(kl.sample_company())
    rows = table[table["decided"]].copy()
    rows["entry"] = (rows["start"] - rows["customer_since"]).dt.days / DAYS_A_YEAR
    rows["exit"] = (rows["end"] - rows["customer_since"]).dt.days / DAYS_A_YEAR
    rows["stayed"] = rows["stayed"].astype(int)
    keep = [
        "account_id",
        "period",
        "stayed",
        "trust",
        "commitment",
        "satisfaction",
        "tenure",
        "size",
        "industry",
        "entry",
        "exit",
        "net_margin",
    ]
    rows = rows[keep].dropna()
    floats = ["trust", "commitment", "satisfaction", "tenure", "size", "entry", "exit"]
    rows[floats] = rows[floats].astype(float)
    return rows.reset_index(drop=True)


def one_spell_an_account(rows: pd.DataFrame) -> pd.DataFrame:
    """First entry, last exit, whether it left, trust at the first row and its half.

    `time` is exit less entry: years observed, on the clock that starts with observation.
    """
    groups = rows.sort_values(["account_id", "period"]).groupby("account_id")
    spells = groups.agg(
        entry=("entry", "first"),
        exit=("exit", "last"),
        stayed=("stayed", "last"),
        trust=("trust", "first"),
        industry=("industry", "first"),
    ).reset_index()
    spells["left"] = 1 - spells.pop("stayed")
    spells["time"] = spells["exit"] - spells["entry"]
    spells["high_trust"] = (spells["trust"] > spells["trust"].median()).astype(int)
    return spells


def separated() -> pd.DataFrame:
    """Forty accounts; nobody whose manager stayed left: the plain logit has no maximum."""
    rng = np.random.default_rng(11)
    n = 40
    changed = (np.arange(n) % 3 == 0).astype(int)
    trust = rng.normal(4.5, 1.0, n).round(2)
    renewed = rng.random(n) < 1 / (1 + np.exp(-0.5 * (trust - 4.3)))
    stayed = np.where(changed == 0, 1, renewed).astype(int)
    return pd.DataFrame(
        {
            "account_id": [f"{i:03d}" for i in range(n)],
            "stayed": stayed,
            "changed": changed,
            "trust": trust,
        }
    )


def random_intercepts() -> pd.DataFrame:
    """Three hundred accounts, five rows each, account intercepts with standard deviation 1."""
    rng = np.random.default_rng(12)
    accounts, rows_each = 300, 5
    account = np.repeat(np.arange(accounts), rows_each)
    lasting = 0.6 * rng.normal(size=accounts)[account]
    trust = (lasting + 0.8 * rng.normal(size=account.size)).round(3)
    logit = 0.8 + 0.7 * trust + rng.normal(size=accounts)[account]
    stayed = (rng.random(account.size) < 1 / (1 + np.exp(-logit))).astype(int)
    return pd.DataFrame(
        {
            "account_id": [f"{i:03d}" for i in account],
            "period": np.tile(np.arange(rows_each), accounts),
            "stayed": stayed,
            "trust": trust,
        }
    )


def tied_spells() -> pd.DataFrame:
    """Ninety accounts with whole-year times, so many ties, delayed entry and two covariates."""
    rng = np.random.default_rng(13)
    n = 90
    trust = rng.normal(size=n).round(2)
    size = rng.integers(1, 5, n)
    life = np.ceil(rng.exponential(6 * np.exp(0.6 * trust - 0.1 * size))).astype(int)
    entry = np.minimum(rng.integers(0, 4, n), np.maximum(life - 1, 0))
    end = entry + rng.integers(1, 9, n)
    out = np.minimum(life, end)
    out = np.maximum(out, entry + 1)
    return pd.DataFrame(
        {
            "account_id": [f"{i // 2:03d}" for i in range(n)],
            "entry": entry,
            "exit": out,
            "left": (life <= end).astype(int),
            "trust": trust,
            "size": size,
        }
    )


def predictions() -> pd.DataFrame:
    """Forecasts of 120 decisions with ties, and what happened."""
    rng = np.random.default_rng(14)
    n = 120
    truth = rng.normal(1.2, 1.2, n)
    probability = (1 / (1 + np.exp(-(0.7 * truth + rng.normal(0, 0.5, n))))).round(2)
    probability = probability.clip(0.01, 0.99)
    stayed = (rng.random(n) < 1 / (1 + np.exp(-truth))).astype(int)
    return pd.DataFrame(
        {
            "account_id": [f"{i // 2:03d}" for i in range(n)],
            "probability": probability,
            "stayed": stayed,
        }
    )


if __name__ == "__main__":
    rows = sample_rows()
    for name, frame in (
        ("rows", rows),
        ("spells", one_spell_an_account(rows)),
        ("separated", separated()),
        ("random_intercepts", random_intercepts()),
        ("tied_spells", tied_spells()),
        ("predictions", predictions()),
    ):
        frame.to_csv(f"{name}.csv", index=False)
        print(name, frame.shape)
