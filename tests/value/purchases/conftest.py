import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.value.purchases.simulated import TRUTH, lives, summary_of

MODELS = ("bgnbd", "mbgnbd", "paretonbd")


@pytest.fixture(scope="session")
def _cdnow():
    return kl.load("cdnow")


@pytest.fixture
def cdnow(_cdnow):
    return _cdnow.copy(deep=True)


@pytest.fixture(params=MODELS)
def model(request):
    return request.param


@pytest.fixture(scope="session")
def fits(_cdnow):
    """Fits of CDNOW by model, made when first asked for."""
    made = {}

    def fit(model):
        if model not in made:
            made[model] = kl.fit_purchases(_cdnow, model)
        return made[model]

    return fit


@pytest.fixture
def usual():
    """Three hundred accounts with two covariates that mean nothing."""
    rng = np.random.default_rng(4)
    T = rng.integers(30, 60, 300).astype(float)
    times = lives("paretonbd", TRUTH["paretonbd"], 300, T, rng)
    return summary_of(times, T, trust=rng.normal(5, 1, 300), size=rng.normal(300, 80, 300))


@pytest.fixture(scope="session")
def _orders():
    """Orders of 400 accounts over two years."""
    rng = np.random.default_rng(8)
    start = rng.integers(0, 180, 400)
    times = lives("paretonbd", (0.8, 6.0, 0.8, 25.0), 400, 104.0, rng)
    day = [np.r_[s, s + np.ceil(7 * t)] for s, t in zip(start, times, strict=True)]
    orders = pd.DataFrame(
        {
            "account_id": np.repeat([f"A-{i:03d}" for i in range(400)], [len(d) for d in day]),
            "ordered_on": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(np.concatenate(day).astype(int), unit="D"),
        }
    )
    orders["amount"] = np.repeat(rng.gamma(4, 30, 400), [len(d) for d in day])
    orders["amount"] *= rng.gamma(6, 1 / 6, len(orders))
    return orders[orders["ordered_on"] <= "2025-12-28"].reset_index(drop=True)


@pytest.fixture
def orders(_orders):
    return _orders.copy(deep=True)
