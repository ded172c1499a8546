"""Standardised estimates beside lavaan's (tests/reference/lavaan_inference) and by hand."""

import numpy as np
import pytest

from kamlab.sem.inference.standardised import first_values, standardise
from tests.sem import inference_cases as cases

LAVAAN = 1e-9


@pytest.mark.parametrize("name", ["plain", "groups"])
@pytest.mark.parametrize("kind", ["std.all", "std.lv"])
def test_values_are_lavaans(name, kind):
    case, theirs = cases.scenario(name), cases.lavaan(name, kind)
    found = standardise(case.estimate.point.implied, *case.places, case.values)
    own = dict(zip(case.names, getattr(found, kind.replace(".", "_")), strict=True))
    compared = [row for row in theirs if ":=" not in row]
    assert len(compared) == len(own)
    for row in compared:
        left, op, right, group = [*row.split(), ""][:4]
        value = own.get(row)
        if value is None and op == "~1":
            value = own[f"{left} ~1  {right}"]
        if value is None:
            value = own[f"{right} {op} {left} {group}"]
        assert value == pytest.approx(theirs[row], rel=LAVAAN, abs=LAVAAN), row


def test_a_definition_is_evaluated_at_standardised_parameters():
    case, theirs = cases.scenario("plain"), cases.lavaan("plain", "std.all")
    found = standardise(case.estimate.point.implied, *case.places, case.values)
    theta = first_values(found.std_all, case.rows.number, case.estimate.structure.n_free)
    value = case.table.definitions[0].expression.value(theta)
    assert value == pytest.approx(theirs["indirect := a*b 1"], rel=LAVAAN)


def test_values_do_not_depend_on_units():
    frame = cases.data()
    scaled = frame.assign(y2=1000 * frame["y2"], x1=frame["x1"] / 50)
    one, other = cases.fit(cases.MODEL, frame), cases.fit(cases.MODEL, scaled)
    own, theirs = (
        standardise(case.estimate.point.implied, *case.places, case.values).std_all
        for case in (one, other)
    )
    np.testing.assert_allclose(theirs, own, rtol=1e-6)


def test_a_residual_covariance_becomes_the_correlation_of_residuals():
    case = cases.scenario("plain")
    found = standardise(case.estimate.point.implied, *case.places, case.values).std_all
    own = dict(zip(case.names, case.values, strict=True))
    expected = own["y1 ~~ y4 1"] / np.sqrt(own["y1 ~~ y1 1"] * own["y4 ~~ y4 1"])
    assert found[case.names.index("y1 ~~ y4 1")] == pytest.approx(expected, rel=1e-12)


def test_no_variance_leaves_no_standardised_value():
    case = cases.fit("f =~ y1 + y2 + y3; y1 ~~ 0*y1", cases.data())
    group, kind, row, column = case.places
    at = case.names.index("y1 ~~ y1 1")
    found = standardise(case.estimate.point.implied, *case.places, case.values)
    assert found.std_all[at] == 0
    covariance = (group[at : at + 1], kind[at : at + 1], row[at : at + 1] + 1, column[at : at + 1])
    none = standardise(case.estimate.point.implied, *covariance, np.ones(1))
    assert np.isnan(none.std_all[0])
