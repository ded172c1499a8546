import math
import pickle

import numpy as np
import pytest

from kamlab.sem.syntax.reader import read_model
from kamlab.sem.syntax.table import parameter_table

STEP = 1e-6
NEAR = 1e-8  # central differences of smooth functions of order one lose about STEP**2
THETA = np.array([0.7, 1.3, 0.4, 2.0, 1.0])  # a, b, c and two variances
PATHS = "y ~ a*x1 + b*x2 + c*x3\nz ~~ z\n"


def table_of(lines):
    return parameter_table(read_model(PATHS + lines))


def defined(expression):
    return table_of(f"d := {expression}").definitions[0].expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b - c", 1.6),
        ("a - b - c", -1.0),
        ("a*b", 0.91),
        ("a/b/c", 0.7 / 1.3 / 0.4),
        ("-a^2", -0.49),
        ("(-a)^2", 0.49),
        ("2^a^b", 2 ** (0.7**1.3)),
        ("2**-a", 2**-0.7),
        ("a*-b", -0.91),
        ("+a", 0.7),
        ("exp(a) + log(b)*sqrt(c)", math.exp(0.7) + math.log(1.3) * math.sqrt(0.4)),
        ("abs(a - b)", 0.6),
        ("3", 3.0),
        (".p2.", 1.3),
    ],
)
def test_arithmetic_follows_the_rules_of_r(text, value):
    assert defined(text).value(THETA) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        "a*b + c",
        "a*b/(a*b + c)",
        "a^2*b - a/c",
        "b^a + a^-2 + 2^c",
        "exp(a*b) + log(b)*sqrt(c) - abs(a - b)",
        "(a - b)^3",
        "-(a + a + a)",
    ],
)
def test_the_gradient_is_that_of_differences(text):
    expression = defined(text)
    steps = np.eye(len(THETA)) * STEP
    ahead = np.array([expression.value(THETA + step) for step in steps])
    behind = np.array([expression.value(THETA - step) for step in steps])
    np.testing.assert_allclose(
        expression.gradient(THETA), (ahead - behind) / (2 * STEP), rtol=NEAR, atol=NEAR
    )


def test_many_draws_are_evaluated_at_once():
    expression = defined("a*b + exp(c)")
    draws = np.random.default_rng(1).normal(size=(4, 6, len(THETA)))
    each = [[expression.value(theta) for theta in block] for block in draws]
    np.testing.assert_allclose(expression.value(draws), each, rtol=1e-14)
    slopes = [[expression.gradient(theta) for theta in block] for block in draws]
    np.testing.assert_allclose(expression.gradient(draws), slopes, rtol=1e-14)
    np.testing.assert_array_equal(defined("3").value(draws), np.full((4, 6), 3.0))


def test_what_is_not_defined_is_nan_or_infinite_and_no_error():
    assert math.isnan(defined("log(a - b)").value(THETA))
    assert math.isnan(defined("(a - b)^0.5").value(THETA))
    assert defined("1/(a - a)").value(THETA) == math.inf
    assert math.isnan(defined("0/0 + a").value(THETA))


def test_definitions_use_others_wherever_these_stand():
    table = table_of("total := ab + c\nab := a*b\nshare := ab/total")
    values = {d.name: d.expression.value(THETA) for d in table.definitions}
    assert list(values) == ["total", "ab", "share"]
    assert values["share"] == pytest.approx(0.91 / 1.31, rel=1e-14)
    np.testing.assert_allclose(table.definitions[0].expression.gradient(THETA)[:3], [1.3, 0.7, 1])


def test_constraints_keep_their_words_and_are_turned_the_right_way():
    table = table_of("a == 2*b\nab := a*b\nab > 0\na < b\na >= 0.1\na <= 3")
    assert [c.text for c in table.equalities] == ["a == 2*b"]
    assert table.equalities[0].expression.value(THETA) == pytest.approx(0.7 - 2.6)
    assert [c.text for c in table.inequalities] == ["ab > 0", "a < b", "a >= 0.1", "a <= 3"]
    values = [c.expression.value(THETA) for c in table.inequalities]
    assert values == pytest.approx([0.91, 0.6, 0.6, 2.3])


def test_an_equality_of_two_labels_or_with_a_number_stays_a_constraint():
    table = table_of("a == b\nc == 1")
    assert (len(table.equalities), table.n_free) == (2, table_of("").n_free)


def test_a_label_of_a_fixed_parameter_stands_for_its_value():
    table = parameter_table(read_model("y ~ 2*x + a*x + b*z\nd := a*b"))
    assert table.definitions[0].expression.value(np.array([3.0, 1.0])) == 6.0


def test_labels_of_one_parameter_in_several_groups():
    table = parameter_table(read_model("y ~ c(a1, a2)*x\nd := a1 - a2"), n_groups=2)
    places = [int(n) for p, n in zip(table.parameters, table.numbers, strict=True) if p.op == "~"]
    gradient = table.definitions[0].expression.gradient(np.zeros(table.n_free))
    assert gradient[places].tolist() == [1.0, -1.0]
    assert np.count_nonzero(gradient) == 2


def test_a_table_crosses_from_one_process_to_another():
    table = pickle.loads(pickle.dumps(table_of("ab := a*b\na > 0")))
    assert table.definitions[0].expression.value(THETA) == pytest.approx(0.91)
