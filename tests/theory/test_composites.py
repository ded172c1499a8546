"""What equal-weight scores make of Bagozzi's items: unmodelled error halves a path."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.sem.fit import fit_sem

PRINTED = 0.00005  # the facts give four decimals
ITEMS = {"PERF": ["PERF"], "JS": ["JS1", "JS2"], "AM": ["AM1", "AM2"], "SE": ["SE1", "SE2"]}
ITEMS["VI"] = ["VI"]


@pytest.fixture(scope="module")
def composites():
    """Equal-weight sums of Bagozzi's standardised items, as correlations."""
    r = kl.load("bagozzi1980").correlations
    sums = pd.DataFrame(0.0, index=list(ITEMS), columns=r.columns)
    for name, items in ITEMS.items():
        sums.loc[name, items] = 1.0
    covariance = sums @ r @ sums.T
    spread = np.sqrt(np.diag(covariance))
    return covariance / np.outer(spread, spread)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("PERF", "JS", 0.4501), ("PERF", "AM", 0.1925), ("PERF", "SE", 0.5977),
        ("PERF", "VI", -0.3570), ("JS", "AM", 0.3221), ("JS", "SE", 0.3607),
        ("JS", "VI", -0.1075), ("AM", "SE", 0.2437), ("AM", "VI", -0.2881), ("SE", "VI", -0.2661),
    ],
)  # fmt: skip
def test_correlations_of_bagozzis_composites(composites, one, other, expected):
    assert composites.loc[one, other] == pytest.approx(expected, abs=PRINTED)


def test_bagozzis_composite_regression_of_satisfaction(composites):
    fit = fit_sem("JS ~ PERF + AM + VI", cov=composites, nobs=122)
    tidy = fit.tidy().query("op == '~'").set_index("rhs")["estimate"]
    assert tidy.to_dict() == pytest.approx(
        {"PERF": 0.4437, "AM": 0.2741, "VI": 0.1298}, abs=PRINTED
    )
    assert fit.r_squared()["r_squared"].tolist() == pytest.approx([0.2741], abs=PRINTED)
    assert fit.glance()["df"].item() == 0
