from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamlab.value.causality.sensitivity import (
    bias,
    e_value,
    least_squares,
    partial_r2,
    robustness_value,
    strongest,
)

FOLDER = Path(__file__).parents[2] / "reference" / "value_r"
EXACT = 1e-9
COVARIATES = ["commitment", "satisfaction", "size"]


@pytest.fixture(scope="module")
def peer():
    """Numbers of PySensemakr, checked by brute force (tests/reference/value_r/checks.py)."""
    table = pd.read_csv(FOLDER / "checks.csv").query("analysis == 'sensitivity'")
    return table.fillna({"term": ""}).set_index(["quantity", "term"])["value"]


@pytest.fixture(scope="module")
def data():
    rows = pd.read_csv(FOLDER / "rows.csv")
    x = np.column_stack([np.ones(len(rows)), rows["trust"], rows[COVARIATES]])
    return x, np.log(rows["ltv"].to_numpy())


@pytest.fixture(scope="module")
def statistic(data):
    by, errors, freedom = least_squares(*data)
    return by[1], errors[1], freedom


def test_partial_r2_and_robustness_value_are_those_of_sensemakr(peer, statistic):
    estimate, error, freedom = statistic
    assert estimate == pytest.approx(peer["estimate", "trust"], rel=EXACT)
    assert error == pytest.approx(peer["se", "trust"], rel=EXACT)
    assert freedom == peer["df", "trust"]
    t = estimate / error
    assert partial_r2(t, freedom) == pytest.approx(peer["partial_r2", "trust"], rel=EXACT)
    assert robustness_value(t, freedom) == pytest.approx(
        peer["robustness_value", "trust"], rel=EXACT
    )
    assert robustness_value(3.0, 100) == pytest.approx(
        peer["robustness_value_any_t3_df100", ""], rel=EXACT
    )


def test_the_benchmark_is_that_of_sensemakr(peer, data):
    x, y = data
    found = strongest(x, y, 1, [2])
    _, errors, _ = least_squares(x, y)
    label = "1x commitment"
    assert found.with_term == pytest.approx(peer["r2_treatment", label], rel=EXACT)
    assert found.with_outcome == pytest.approx(peer["r2_outcome", label], rel=EXACT)
    assert found.estimate == pytest.approx(peer["adjusted_estimate", label], rel=EXACT)
    assert errors[1] * found.widening == pytest.approx(peer["adjusted_se", label], rel=EXACT)


def test_the_strongest_is_the_one_that_leaves_least(data):
    x, y = data
    each = {place: strongest(x, y, 1, [place]) for place in (2, 3, 4)}
    assert each[4] is None  # as strong as size would explain all that is left of value
    assert strongest(x, y, 1, [2, 3, 4]) == min((each[2], each[3]), key=lambda one: one.estimate)


def confounder(x, y, with_term, with_outcome):
    """Make a variable with given partial R² with the second column and with the outcome."""
    rng = np.random.default_rng(5)

    def left(v, of):
        v = v - of @ np.linalg.lstsq(of, v, rcond=None)[0]
        return v / np.linalg.norm(v)

    others = np.delete(x, 1, axis=1)
    of_term, of_outcome = left(x[:, 1], others), left(y, x)
    noise = left(rng.normal(size=len(y)), np.column_stack([x, y]))
    rest = np.sqrt(with_outcome) * of_outcome + np.sqrt(1 - with_outcome) * noise
    return np.sqrt(with_term) * of_term + np.sqrt(1 - with_term) * rest


def test_adding_a_variable_of_the_robustness_value_brings_the_estimate_to_0(data, statistic):
    estimate, error, freedom = statistic
    value = robustness_value(estimate / error, freedom)
    x, y = data
    added = np.column_stack([x, confounder(x, y, value, value)])
    assert abs(least_squares(added, y)[0][1]) < EXACT
    assert bias(error, freedom, value, value) == pytest.approx(estimate, rel=EXACT)


@pytest.mark.parametrize(("with_term", "with_outcome"), [(0.1, 0.3), (0.4, 0.05), (0.2, 0.9)])
def test_adding_a_variable_moves_the_estimate_by_the_bias(data, statistic, with_term, with_outcome):
    estimate, error, freedom = statistic
    x, y = data
    added = np.column_stack([x, confounder(x, y, with_term, with_outcome)])
    moved = estimate - least_squares(added, y)[0][1]
    assert abs(moved) == pytest.approx(bias(error, freedom, with_term, with_outcome), rel=1e-8)


def test_the_e_value_is_that_of_its_authors_formula():
    # A rare outcome: RR 3.9 has 3.9 + sqrt(3.9 x 2.9); a common one takes the square root first.
    assert e_value(3.9, 0.02) == pytest.approx(3.9 + np.sqrt(3.9 * 2.9), rel=EXACT)
    assert e_value(1 / 3.9, 0.98) == pytest.approx(e_value(3.9, 0.02), rel=EXACT)
    assert e_value(3.9**2, 0.5) == pytest.approx(e_value(3.9, 0.02), rel=EXACT)
    assert e_value(1.0, 0.5) == 1.0


def test_confounding_of_the_e_value_explains_a_risk_ratio_away():
    """A binary confounder with that risk ratio to both, at its most harmful prevalence."""
    needed = e_value(2.0, 0.01)
    # Bounding factor of Ding and VanderWeele: RR_eu RR_ud / (RR_eu + RR_ud - 1).
    assert needed * needed / (2 * needed - 1) == pytest.approx(2.0, rel=EXACT)
