"""Tables for several groups beside those that lavaan 0.6-14 printed; see the notation below.

A row is `lhs op rhs`, then `=value` where it is fixed, `#number` where it is free (`start value`
with a starting value), `sample` where it is a moment of a fixed covariate; then its label; `+` if
the text does not name it.
"""

import numpy as np
import pytest

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.sem.syntax.reader import read_model
from kamlab.sem.syntax.table import parameter_table

LAVAAN = {
    "loadings": (
        """
        f =~ x1 + x2 + x3
        """,
        {"meanstructure": True, "group_equal": ["loadings"], "n_groups": 2},
        """
        f =~ x1 =1; f =~ x2 #0 .p2.; f =~ x3 #1 .p3.; x1 ~~ x1 #2 +; x2 ~~ x2 #3 +;
        x3 ~~ x3 #4 +; f ~~ f #5 +; x1 ~1 #6 +; x2 ~1 #7 +; x3 ~1 #8 +; f ~1 =0 +;
        f =~ x1 =1; f =~ x2 #0 .p2.; f =~ x3 #1 .p3.; x1 ~~ x1 #9 +; x2 ~~ x2 #10 +;
        x3 ~~ x3 #11 +; f ~~ f #12 +; x1 ~1 #13 +; x2 ~1 #14 +; x3 ~1 #15 +; f ~1 =0 +
        """,
    ),
    "scalar": (
        """
        f =~ x1 + x2
        g =~ y1 + y2
        """,
        {
            "group_equal": ["loadings", "intercepts"],
            "group_partial": ["g=~y2", "x2~1"],
            "n_groups": 2,
        },
        """
        f =~ x1 =1; f =~ x2 #0 .p2.; g =~ y1 =1; g =~ y2 #1; x1 ~~ x1 #2 +; x2 ~~ x2 #3 +;
        y1 ~~ y1 #4 +; y2 ~~ y2 #5 +; f ~~ f #6 +; g ~~ g #7 +; f ~~ g #8 +; x1 ~1 #9 .p12. +;
        x2 ~1 #10 +; y1 ~1 #11 .p14. +; y2 ~1 #12 .p15. +; f ~1 =0 +; g ~1 =0 +;
        f =~ x1 =1; f =~ x2 #0 .p2.; g =~ y1 =1; g =~ y2 #13; x1 ~~ x1 #14 +; x2 ~~ x2 #15 +;
        y1 ~~ y1 #16 +; y2 ~~ y2 #17 +; f ~~ f #18 +; g ~~ g #19 +; f ~~ g #20 +;
        x1 ~1 #9 .p12. +; x2 ~1 #21 +; y1 ~1 #11 .p14. +; y2 ~1 #12 .p15. +; f ~1 #22 +;
        g ~1 #23 +
        """,
    ),
    "variances_as_scales": (
        """
        f =~ x1 + x2 + x3
        """,
        {"std_lv": True, "meanstructure": True, "group_equal": ["loadings"], "n_groups": 2},
        """
        f =~ x1 #0 .p1.; f =~ x2 #1 .p2.; f =~ x3 #2 .p3.; x1 ~~ x1 #3 +; x2 ~~ x2 #4 +;
        x3 ~~ x3 #5 +; f ~~ f =1 +; x1 ~1 #6 +; x2 ~1 #7 +; x3 ~1 #8 +; f ~1 =0 +;
        f =~ x1 #0 .p1.; f =~ x2 #1 .p2.; f =~ x3 #2 .p3.; x1 ~~ x1 #9 +; x2 ~~ x2 #10 +;
        x3 ~~ x3 #11 +; f ~~ f #12 +; x1 ~1 #13 +; x2 ~1 #14 +; x3 ~1 #15 +; f ~1 =0 +
        """,
    ),
    "strict": (
        """
        f =~ x1 + x2 + x3
        f ~ z
        x1 ~~ x2
        """,
        {
            "group_equal": [
                "loadings",
                "intercepts",
                "residuals",
                "residual.covariances",
                "regressions",
            ],
            "n_groups": 2,
        },
        """
        f =~ x1 =1; f =~ x2 #0 .p2.; f =~ x3 #1 .p3.; f ~ z #2 .p4.; x1 ~~ x2 #3 .p5.;
        x1 ~~ x1 #4 .p6. +; x2 ~~ x2 #5 .p7. +; x3 ~~ x3 #6 .p8. +; f ~~ f #7 +; z ~~ z sample;
        x1 ~1 #8 .p11. +; x2 ~1 #9 .p12. +; x3 ~1 #10 .p13. +; z ~1 sample; f ~1 =0 +;
        f =~ x1 =1; f =~ x2 #0 .p2.; f =~ x3 #1 .p3.; f ~ z #2 .p4.; x1 ~~ x2 #3 .p5.;
        x1 ~~ x1 #4 .p6. +; x2 ~~ x2 #5 .p7. +; x3 ~~ x3 #6 .p8. +; f ~~ f #11 +;
        z ~~ z sample; x1 ~1 #8 .p11. +; x2 ~1 #9 .p12. +; x3 ~1 #10 .p13. +; z ~1 sample;
        f ~1 #12 +
        """,
    ),
    "all_of_the_latent": (
        """
        f =~ x1 + x2
        g =~ y1 + y2
        """,
        {
            "meanstructure": True,
            "group_equal": ["lv.variances", "lv.covariances", "means"],
            "n_groups": 2,
        },
        """
        f =~ x1 =1; f =~ x2 #0; g =~ y1 =1; g =~ y2 #1; x1 ~~ x1 #2 +; x2 ~~ x2 #3 +;
        y1 ~~ y1 #4 +; y2 ~~ y2 #5 +; f ~~ f #6 .p9. +; g ~~ g #7 .p10. +; f ~~ g #8 .p11. +;
        x1 ~1 #9 +; x2 ~1 #10 +; y1 ~1 #11 +; y2 ~1 #12 +; f ~1 =0 +; g ~1 =0 +;
        f =~ x1 =1; f =~ x2 #13; g =~ y1 =1; g =~ y2 #14; x1 ~~ x1 #15 +; x2 ~~ x2 #16 +;
        y1 ~~ y1 #17 +; y2 ~~ y2 #18 +; f ~~ f #6 .p9. +; g ~~ g #7 .p10. +; f ~~ g #8 .p11. +;
        x1 ~1 #19 +; x2 ~1 #20 +; y1 ~1 #21 +; y2 ~1 #22 +; f ~1 =0 +; g ~1 =0 +
        """,
    ),
    "lists": (
        """
        f =~ x1 + c(a, b)*x2 + c(1, NA)*x3 + d*x4
        x1 ~~ c(v, v)*x1
        x2 ~~ start(c(.3, .4))*x2
        """,
        {"n_groups": 2},
        """
        f =~ x1 =1; f =~ x2 #0 a; f =~ x3 =1; f =~ x4 #1 d; x1 ~~ x1 #2 v;
        x2 ~~ x2 #3 start 0.3; x3 ~~ x3 #4 +; x4 ~~ x4 #5 +; f ~~ f #6 +;
        f =~ x1 =1; f =~ x2 #7 b; f =~ x3 #8; f =~ x4 #1 d; x1 ~~ x1 #2 v;
        x2 ~~ x2 #9 start 0.4; x3 ~~ x3 #10 +; x4 ~~ x4 #11 +; f ~~ f #12 +
        """,
    ),
}
CFA = "f =~ x1 + x2 + x3\ng =~ y1 + y2"


def written(p, number):
    """Write a row as above."""
    parts = [p.lhs, p.op, p.rhs] if p.rhs else [p.lhs, p.op]
    if p.origin == "exogenous":
        parts.append("sample")
    elif p.free:
        parts.append(f"#{number}")
        parts += [] if np.isnan(p.start) else [f"start {p.start:g}"]
    else:
        parts.append(f"={p.value:g}")
    parts += [p.label] if p.label else []
    parts += ["+"] if p.origin == "default" else []
    return " ".join(parts)


def rows_of(table):
    return [written(p, n) for p, n in zip(table.parameters, table.numbers, strict=True)]


def table_of(text, **options):
    return parameter_table(read_model(text), **options)


def numbers_of(table, lhs, op, rhs):
    return [
        int(n)
        for p, n in zip(table.parameters, table.numbers, strict=True)
        if (p.lhs, p.op, p.rhs) == (lhs, op, rhs)
    ]


@pytest.mark.parametrize("name", LAVAAN)
def test_the_table_is_lavaans(name):
    text, options, expected = LAVAAN[name]
    assert rows_of(table_of(text, **options)) == [row.strip() for row in expected.split(";")]


def test_groups_follow_each_other():
    table = table_of(CFA, n_groups=3)
    assert [p.group for p in table.parameters] == sorted(p.group for p in table.parameters)
    assert len(table.parameters) == 3 * len(table_of(CFA).parameters)


def test_one_label_holds_a_parameter_equal_in_all_groups_and_is_noted():
    table = table_of("f =~ x1 + a*x2", n_groups=3)
    assert len(set(numbers_of(table, "f", "=~", "x2"))) == 1
    assert "a" in str(table.notes[0])


def test_labels_that_are_equal_in_some_groups_hold_those_equal():
    first, second, third = numbers_of(
        table_of("f =~ x1 + c(a, b, a)*x2", n_groups=3), "f", "=~", "x2"
    )
    assert first == third != second


def test_a_group_without_a_label_is_free_of_the_others():
    table = table_of("f =~ x1 + c(a, NA, a)*x2", n_groups=3)
    first, second, third = numbers_of(table, "f", "=~", "x2")
    assert first == third != second
    assert [p.label for p in table.parameters if p.rhs == "x2" and p.op == "=~"] == ["a", "", "a"]
    assert table.notes == ()


def test_group_partial_is_written_with_blanks_or_without_and_either_way_round():
    text = "f =~ x1 + x2 + x3\nx1 ~~ x2"
    equal = ["loadings", "residual.covariances"]
    table = table_of(text, n_groups=2, group_equal=equal, group_partial=["f =~ x3", "x2 ~~ x1"])
    assert len(set(numbers_of(table, "f", "=~", "x2"))) == 1
    assert len(set(numbers_of(table, "f", "=~", "x3"))) == 2
    assert len(set(numbers_of(table, "x1", "~~", "x2"))) == 2


def test_a_partial_intercept_may_be_named_before_means_are_modelled():
    table = table_of(CFA, n_groups=2, group_equal=["loadings"], group_partial=["x2~1"])
    assert not table.has_means


def test_latent_means_of_later_groups_are_free_only_where_the_text_leaves_them():
    free = table_of(CFA, n_groups=2, group_equal=["intercepts"])
    assert [n >= 0 for n in numbers_of(free, "f", "~1", "")] == [False, True]
    held = table_of(CFA + "\nf ~ 0*1", n_groups=2, group_equal=["intercepts"])
    assert numbers_of(held, "f", "~1", "") == [-1, -1]
    equal = table_of(CFA, n_groups=2, group_equal=["intercepts", "means"])
    assert numbers_of(equal, "f", "~1", "") == [-1, -1]


def test_growth_frees_latent_means_in_every_group():
    text = "i =~ 1*t1 + 1*t2\ns =~ 0*t1 + 1*t2"
    table = table_of(text, n_groups=2, growth=True, group_equal=["intercepts"])
    assert len(set(numbers_of(table, "s", "~1", ""))) == 2
    assert numbers_of(table, "t1", "~1", "") == [-1, -1]


def test_a_parameter_fixed_in_one_group_is_fixed_in_those_that_are_equal_to_it():
    table = table_of("f =~ c(2, NA)*x1 + x2", n_groups=2, group_equal=["loadings"])
    assert [p.value for p in table.parameters if p.rhs == "x1" and p.op == "=~"] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"group_equal": ["loading"]}, "loadings"),
        ({"group_equal": "loadings", "group_partial": ["f=~x9"]}, "f=~x"),
        ({"group_equal": ["thresholds"]}, "thresholds"),
        ({"group_equal": ["loadings"], "n_groups": 1}, "group="),
    ],
)
def test_unknown_equalities_are_refused(options, words):
    with pytest.raises(ArgumentError, match=words):
        table_of(CFA, **{"n_groups": 2, **options})


@pytest.mark.parametrize(
    ("n_groups", "text", "words"),
    [
        (1, "f =~ x1 + c(a, b)*x2", "one group"),
        (2, "f =~ x1 + c(a, b, d)*x2", "3 values is given for 2 groups"),
        (3, "f =~ x1 + start(c(1, 2))*x2", "2 values is given for 3 groups"),
        (2, "f =~ c(1, 2)*x1 + c(a, a)*x1", "label a"),
    ],
)
def test_lists_that_do_not_fit_the_groups_are_refused(n_groups, text, words):
    with pytest.raises(ModelError, match=words):
        table_of(text, n_groups=n_groups)
