"""Effects beside lavaan's, by hand, and against numerical derivatives."""

import numpy as np
import pytest

from kamlab.sem.engine.objective import Point
from kamlab.sem.inference.effects import connected, effects, effects_of_draws, specific_effects
from tests.sem import inference_cases as cases

# Central differences with this step are right to about its square.
STEP = 1e-5
NUMERICAL = 1e-6
LOOP = "y1 ~ x1 + y4; y4 ~ x2 + y1"


def found_for(case, cause, effect, **options):
    found = effects(case.estimate.point, 0, case.covariance, **options)
    pair = (found.cause == case.place(cause)) & (found.effect == case.place(effect))
    return found, int(np.flatnonzero(pair)[0])


def test_an_indirect_effect_is_the_product_of_its_paths_with_lavaans_error():
    case = cases.scenario("plain")
    found, at = found_for(case, "x1", "f2")
    assert found.indirect[at] == pytest.approx(cases.lavaan("plain", "defined")["indirect"])
    assert found.indirect_error[at] == pytest.approx(
        cases.lavaan("plain", "defined.se")["indirect"], rel=1e-8
    )
    assert found.direct[at] == found.direct_error[at] == 0


def test_total_is_direct_and_indirect():
    case = cases.scenario("plain")
    found, at = found_for(case, "x2", "f2")
    own = dict(zip(case.names, case.values, strict=True))
    assert found.direct[at] == own["f2 ~ x2 1"]
    through = own["f1 ~ x2 1"] * own["f2 ~ f1 1"]
    assert found.indirect[at] == pytest.approx(through, rel=1e-12)
    np.testing.assert_allclose(found.total, found.direct + found.indirect)


@pytest.mark.parametrize("standardised", [False, True])
@pytest.mark.parametrize("text", [cases.MODEL, LOOP])
def test_errors_are_those_of_numerical_derivatives(text, standardised):
    case = cases.fit(text, cases.data())
    structure, theta = case.estimate.structure, case.estimate.theta
    found = effects(case.estimate.point, 0, case.covariance, standardised=standardised)
    moves = STEP * np.vstack([np.eye(len(theta)), -np.eye(len(theta))])
    pairs = (found.cause, found.effect)
    draws = effects_of_draws(structure, 0, theta + moves, *pairs, standardised=standardised)
    errors = (found.direct_error, found.indirect_error, found.total_error)
    for values, own in zip(draws, errors, strict=True):
        up, down = np.split(values, 2)
        slope = (up - down) / (2 * STEP)
        expected = np.sqrt(np.einsum("ik,ij,jk->k", slope, case.covariance, slope))
        np.testing.assert_allclose(own, expected, rtol=NUMERICAL, atol=NUMERICAL)


def test_effects_along_all_paths_sum_to_the_total():
    case = cases.scenario("plain")
    place = case.place
    for standardised in (False, True):
        found, at = found_for(case, "x2", "y5", standardised=standardised)
        ways = specific_effects(
            case.estimate.point, 0, case.covariance, place("x2"), place("y5"),
            standardised=standardised,
        )  # fmt: skip
        assert [len(way.path) for way in ways] == [3, 4]
        assert sum(way.value for way in ways) == pytest.approx(found.total[at], rel=1e-12)


def test_the_error_along_the_only_path_is_that_of_the_total():
    case = cases.scenario("plain")
    found, at = found_for(case, "x1", "f2", standardised=True)
    (way,) = specific_effects(
        case.estimate.point, 0, case.covariance, case.place("x1"), case.place("f2"),
        standardised=True,
    )  # fmt: skip
    assert way.path == (case.place("x1"), case.place("f1"), case.place("f2"))
    assert way.error == pytest.approx(found.total_error[at], rel=1e-9)


def test_a_loop_that_does_not_settle_has_direct_effects_only():
    case = cases.fit(LOOP, cases.data())
    structure, theta = case.estimate.structure, case.estimate.theta.copy()
    own = structure.groups[0]
    loop = (own.kind == 0) & (own.row < 2) & (own.column < 2)
    theta[own.parameter[loop]] = 1.5
    point = Point(structure, case.estimate.blocks, theta)
    found = effects(point, 0, case.covariance)
    assert np.isnan(found.total).all()
    assert np.isfinite(found.direct).all()
    settled = effects(case.estimate.point, 0, case.covariance)
    assert np.isfinite(settled.total).all()


def test_only_what_arrows_join_has_an_effect():
    case = cases.fit("y1 ~ x1; y2 ~ x2", cases.data())
    cause, effect = connected(case.estimate.structure.groups[0])
    joined = {(case.place("x1"), case.place("y1")), (case.place("x2"), case.place("y2"))}
    assert set(zip(cause.tolist(), effect.tolist(), strict=True)) == joined
