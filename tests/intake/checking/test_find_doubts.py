"""Tables may be torn in any way when doubts are looked for; the search itself never fails."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.validate import check_tables, sheet_of
from kamlab.intake.checking.find_doubts import find_doubts


@pytest.fixture(scope="module")
def tables():
    return kl.simulate_company(seed=5, n_accounts=12).tables


def told(frames):
    checked = check_tables({name: sheet_of(name, frame) for name, frame in frames.items()})
    found = find_doubts(checked.sheets, pd.Timestamp("2023-01-01"))
    return [one.sentence.ja for f in found for one in f.problems(checked.sheets[f.table])]


@pytest.mark.parametrize("seed", range(15))
def test_torn_tables(tables, seed):
    rng = np.random.default_rng(seed)
    torn = {}
    for name, frame in tables.items():
        if rng.random() < 0.2:
            continue
        some = frame.sample(frac=1.5, replace=True, random_state=seed).astype(object)
        some = some.mask(rng.random(some.shape) < 0.2).reset_index(drop=True)
        some.iloc[::7, int(rng.integers(0, some.shape[1]))] = "?"
        torn[name] = some[[column for column in some if rng.random() < 0.85]]
    assert all("{" not in sentence for sentence in told(torn))


@pytest.mark.parametrize("kept", [0, 1])
def test_tables_without_rows_or_with_one(tables, kept):
    told({name: frame.iloc[:kept] for name, frame in tables.items()})
    for name, frame in tables.items():
        told({**tables, name: frame.iloc[:kept]})


def test_no_tables():
    assert find_doubts({}) == []
