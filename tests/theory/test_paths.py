import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.theory.paths import data_with_moments, fit_paths

PRINTED = 0.00005  # the sources give four decimals
EXACT = 1e-10


@pytest.fixture(scope="module")
def composites():
    """Equal-weight sums of Bagozzi's standardised items, as correlations."""
    r = kl.load("bagozzi1980").correlations
    sums = pd.DataFrame(0.0, index=["PERF", "JS", "AM", "SE", "VI"], columns=r.columns)
    for name, items in {
        "PERF": ["PERF"], "JS": ["JS1", "JS2"], "AM": ["AM1", "AM2"], "SE": ["SE1", "SE2"],
        "VI": ["VI"],
    }.items():  # fmt: skip
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
    data = data_with_moments(composites, 122)
    fit = fit_paths(data, {"JS": ["PERF", "AM", "VI"]})
    estimates = fit.paths.set_index("cause")["estimate"]
    assert estimates.to_dict() == pytest.approx(
        {"PERF": 0.4437, "AM": 0.2741, "VI": 0.1298}, abs=PRINTED
    )
    assert fit.r_squared["JS"] == pytest.approx(0.2741, abs=PRINTED)
    assert (fit.df, fit.npar) == (0, 10)
    assert fit.chisq == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("nobs", [9, 10, 122, 5000])
def test_data_made_from_a_matrix_have_exactly_its_moments(nobs):
    r = kl.load("bagozzi1980").correlations
    data = data_with_moments(r, nobs)
    assert data.shape == (nobs, 8)
    np.testing.assert_allclose(data.corr(), r, atol=EXACT)
    np.testing.assert_allclose(data.mean(), 0, atol=EXACT)
    np.testing.assert_allclose(data.std(), 1, atol=EXACT)
    pd.testing.assert_frame_equal(data, data_with_moments(r, nobs))


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 80))
    m = 0.5 * a + rng.normal(size=80)
    y = 0.4 * m + 0.3 * b + rng.normal(size=80)
    return pd.DataFrame({"y": y, "a": a, "b": b, "m": m, "aside": rng.normal(size=80)})


EQUATIONS = {"m": ("a",), "y": ("m", "b")}


def test_a_chain_is_its_regressions_one_by_one(data):
    fit = fit_paths(data, EQUATIONS)
    z = (data - data.mean()) / data.std()
    for outcome, causes in EQUATIONS.items():
        b, *_ = np.linalg.lstsq(z[list(causes)].to_numpy(), z[outcome].to_numpy(), rcond=None)
        own = fit.paths[fit.paths["outcome"] == outcome]
        np.testing.assert_allclose(own["estimate"], b, rtol=1e-9)
        error = z[outcome].to_numpy() - z[list(causes)].to_numpy() @ b
        np.testing.assert_allclose(fit.residuals[outcome], error, atol=1e-9)
        assert fit.r_squared[outcome] == pytest.approx(1 - error.var() / z[outcome].var(ddof=0))


def test_effects_multiply_along_the_chain(data):
    fit = fit_paths(data, EQUATIONS)
    path = fit.paths.set_index(["cause", "outcome"])["estimate"]
    place = {name: number for number, name in enumerate(fit.names)}
    total = fit.total[place["y"], place["a"]]
    assert total == pytest.approx(path["a", "m"] * path["m", "y"])
    assert fit.total[place["a"], place["y"]] == 0


def test_free_parameters_and_degrees_of_freedom_are_counted(data):
    fit = fit_paths(data, EQUATIONS)
    # 10 moments of 4 variables; 3 paths, 2 disturbances, 3 moments of the two exogenous.
    assert (fit.npar, fit.df, fit.nobs) == (8, 2, 80)


@pytest.mark.parametrize("change", ["rows", "units", "columns"])
def test_row_order_units_and_column_order_do_not_matter(data, change):
    other = {
        "rows": lambda: data.sample(frac=1, random_state=2),
        "units": lambda: data * [1e6, 1e-6, 12, 0.001, 1] + [5, -7, 1e3, 0, 0],
        "columns": lambda: data[data.columns[::-1]],
    }[change]()
    found, expected = fit_paths(other, EQUATIONS), fit_paths(data, EQUATIONS)
    pd.testing.assert_frame_equal(found.paths, expected.paths, rtol=1e-7)
    assert found.chisq == pytest.approx(expected.chisq)
