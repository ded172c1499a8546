"""Tables beside those that lavaan 0.6-14 printed (`lavaanify` with the defaults of `sem()`).

A row is `lhs op rhs`, then `=value` where it is fixed, `#number` where it is free (`start value`
with a starting value), `sample` where it is a moment of a fixed covariate; then its label; `+` if
the text does not name it.
"""

import numpy as np
import pytest

from kamlab.sem.syntax.reader import read_model
from kamlab.sem.syntax.table import parameter_table

LAVAAN = {
    "three_factors": (
        """
        visual =~ x1 + x2
        textual =~ x3 + x4
        speed =~ x5 + x6
        """,
        {},
        """
        visual =~ x1 =1; visual =~ x2 #0; textual =~ x3 =1; textual =~ x4 #1; speed =~ x5 =1;
        speed =~ x6 #2; x1 ~~ x1 #3 +; x2 ~~ x2 #4 +; x3 ~~ x3 #5 +; x4 ~~ x4 #6 +;
        x5 ~~ x5 #7 +; x6 ~~ x6 #8 +; visual ~~ visual #9 +; textual ~~ textual #10 +;
        speed ~~ speed #11 +; visual ~~ textual #12 +; visual ~~ speed #13 +;
        textual ~~ speed #14 +
        """,
    ),
    "the_variance_as_the_scale": (
        """
        visual =~ x1 + x2
        textual =~ x3 + x4
        """,
        {"std_lv": True, "orthogonal": True, "meanstructure": True},
        """
        visual =~ x1 #0; visual =~ x2 #1; textual =~ x3 #2; textual =~ x4 #3; x1 ~~ x1 #4 +;
        x2 ~~ x2 #5 +; x3 ~~ x3 #6 +; x4 ~~ x4 #7 +; visual ~~ visual =1 +;
        textual ~~ textual =1 +; visual ~~ textual =0 +; x1 ~1 #8 +; x2 ~1 #9 +; x3 ~1 #10 +;
        x4 ~1 #11 +; visual ~1 =0 +; textual ~1 =0 +
        """,
    ),
    "democracy": (
        """
        ind60 =~ x1 + x2 + x3
        dem60 =~ y1 + a*y2
        dem65 =~ y5 + a*y6
        dem60 ~ ind60
        dem65 ~ ind60 + dem60
        y5 ~~ y1
        y2 ~~ y6
        """,
        {},
        """
        ind60 =~ x1 =1; ind60 =~ x2 #0; ind60 =~ x3 #1; dem60 =~ y1 =1; dem60 =~ y2 #2 a;
        dem65 =~ y5 =1; dem65 =~ y6 #2 a; dem60 ~ ind60 #3; dem65 ~ ind60 #4; dem65 ~ dem60 #5;
        y1 ~~ y5 #6; y2 ~~ y6 #7; x1 ~~ x1 #8 +; x2 ~~ x2 #9 +; x3 ~~ x3 #10 +; y1 ~~ y1 #11 +;
        y2 ~~ y2 #12 +; y5 ~~ y5 #13 +; y6 ~~ y6 #14 +; ind60 ~~ ind60 #15 +;
        dem60 ~~ dem60 #16 +; dem65 ~~ dem65 #17 +
        """,
    ),
    "fixed_covariates": (
        """
        y ~ x1 + x2
        z ~ y
        """,
        {"meanstructure": True},
        """
        y ~ x1 #0; y ~ x2 #1; z ~ y #2; y ~~ y #3 +; z ~~ z #4 +; x1 ~~ x1 sample;
        x1 ~~ x2 sample; x2 ~~ x2 sample; y ~1 #5 +; z ~1 #6 +; x1 ~1 sample; x2 ~1 sample
        """,
    ),
    "free_covariates": (
        """
        y ~ x1 + x2
        z ~ y
        """,
        {"fixed_x": False, "meanstructure": True},
        """
        y ~ x1 #0; y ~ x2 #1; z ~ y #2; y ~~ y #3 +; z ~~ z #4 +; x1 ~~ x1 #5 +; x1 ~~ x2 #6 +;
        x2 ~~ x2 #7 +; y ~1 #8 +; z ~1 #9 +; x1 ~1 #10 +; x2 ~1 #11 +
        """,
    ),
    "a_covariate_that_is_named": (
        """
        y ~ x1 + x2 + x3
        x1 ~~ x2
        """,
        {},
        """
        y ~ x1 #0; y ~ x2 #1; y ~ x3 #2; x1 ~~ x2 #3; y ~~ y #4 +; x1 ~~ x1 #5 +;
        x2 ~~ x2 #6 +; x3 ~~ x3 sample
        """,
    ),
    "outcomes_that_covary": (
        """
        y1 ~ x
        y2 ~ x
        y3 ~ y1
        f =~ z1 + z2
        f ~ x
        """,
        {},
        """
        y1 ~ x #0; y2 ~ x #1; y3 ~ y1 #2; f =~ z1 =1; f =~ z2 #3; f ~ x #4; z1 ~~ z1 #5 +;
        z2 ~~ z2 #6 +; y1 ~~ y1 #7 +; y2 ~~ y2 #8 +; y3 ~~ y3 #9 +; f ~~ f #10 +;
        f ~~ y2 #11 +; f ~~ y3 #12 +; y2 ~~ y3 #13 +; x ~~ x sample
        """,
    ),
    "second_order": (
        """
        f1 =~ x1 + x2
        f2 =~ x3 + x4
        g =~ NA*f1 + f2
        g ~~ 1*g
        """,
        {},
        """
        f1 =~ x1 =1; f1 =~ x2 #0; f2 =~ x3 =1; f2 =~ x4 #1; g =~ f1 #2; g =~ f2 #3; g ~~ g =1;
        x1 ~~ x1 #4 +; x2 ~~ x2 #5 +; x3 ~~ x3 #6 +; x4 ~~ x4 #7 +; f1 ~~ f1 #8 +;
        f2 ~~ f2 #9 +
        """,
    ),
    "single_indicators": (
        """
        f =~ x1
        g =~ x2
        x2 ~~ 0.2*x2
        h =~ y1 + y2 + y3
        h ~ f + g
        """,
        {},
        """
        f =~ x1 =1; g =~ x2 =1; x2 ~~ x2 =0.2; h =~ y1 =1; h =~ y2 #0; h =~ y3 #1; h ~ f #2;
        h ~ g #3; x1 ~~ x1 =0 +; y1 ~~ y1 #4 +; y2 ~~ y2 #5 +; y3 ~~ y3 #6 +; f ~~ f #7 +;
        g ~~ g #8 +; h ~~ h #9 +; f ~~ g #10 +
        """,
    ),
    "growth": (
        """
        i =~ 1*t1 + 1*t2 + 1*t3
        s =~ 0*t1 + 1*t2 + 2*t3
        i + s ~ x
        """,
        {"growth": True},
        """
        i =~ t1 =1; i =~ t2 =1; i =~ t3 =1; s =~ t1 =0; s =~ t2 =1; s =~ t3 =2; i ~ x #0;
        s ~ x #1; t1 ~~ t1 #2 +; t2 ~~ t2 #3 +; t3 ~~ t3 #4 +; i ~~ i #5 +; s ~~ s #6 +;
        i ~~ s #7 +; x ~~ x sample; t1 ~1 =0 +; t2 ~1 =0 +; t3 ~1 =0 +; x ~1 sample; i ~1 #8 +;
        s ~1 #9 +
        """,
    ),
    "modifiers": (
        """
        f =~ NA*x1 + 1/2*x2 + start(.7)*x3 + a*x4 + start(2)*x4 + a*x5 + -1*x6
        f ~~ v*f
        x1 ~ 0*1
        """,
        {},
        """
        f =~ x1 #0; f =~ x2 =0.5; f =~ x3 #1 start 0.7; f =~ x4 #2 start 2 a; f =~ x5 #2 a;
        f =~ x6 =-1; f ~~ f #3 v; x1 ~1 =0; x1 ~~ x1 #4 +; x2 ~~ x2 #5 +; x3 ~~ x3 #6 +;
        x4 ~~ x4 #7 +; x5 ~~ x5 #8 +; x6 ~~ x6 #9 +; x2 ~1 #10 +; x3 ~1 #11 +; x4 ~1 #12 +;
        x5 ~1 #13 +; x6 ~1 #14 +; f ~1 =0 +
        """,
    ),
    "equal_to_another": (
        """
        f =~ x1 + x2 + equal("f =~ x2")*x3
        """,
        {},
        """
        f =~ x1 =1; f =~ x2 #0 .p2.; f =~ x3 #0 f=~x2; x1 ~~ x1 #1 +; x2 ~~ x2 #2 +;
        x3 ~~ x3 #3 +; f ~~ f #4 +
        """,
    ),
    "names_that_only_covariances_name": (
        """
        f =~ x1 + x2
        x5 ~~ f
        c ~~ a
        a ~~ b
        """,
        {},
        """
        f =~ x1 =1; f =~ x2 #0; f ~~ x5 #1; c ~~ a #2; a ~~ b #3; x1 ~~ x1 #4 +; x2 ~~ x2 #5 +;
        c ~~ c #6 +; a ~~ a #7 +; x5 ~~ x5 #8 +; b ~~ b #9 +; f ~~ f #10 +
        """,
    ),
}


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


@pytest.mark.parametrize("name", LAVAAN)
def test_the_table_is_lavaans(name):
    text, options, expected = LAVAAN[name]
    table = table_of(text, **options)
    assert rows_of(table) == [row.strip() for row in expected.split(";")]


@pytest.mark.parametrize(
    ("name", "observed", "latent", "exogenous"),
    [
        ("democracy", "x1 x2 x3 y1 y2 y5 y6", "ind60 dem60 dem65", ""),
        ("fixed_covariates", "y z x1 x2", "", "x1 x2"),
        ("free_covariates", "y z x1 x2", "", ""),
        ("a_covariate_that_is_named", "y x1 x2 x3", "", "x3"),
        ("outcomes_that_covary", "z1 z2 y1 y2 y3 x", "f", "x"),
        ("growth", "t1 t2 t3 x", "i s", "x"),
        ("names_that_only_covariances_name", "x1 x2 c a x5 b", "f", ""),
    ],
)
def test_the_variables_come_in_lavaans_order(name, observed, latent, exogenous):
    table = table_of(LAVAAN[name][0], **LAVAAN[name][1])
    found = table.observed, table.latent, table.exogenous
    assert found == (tuple(observed.split()), tuple(latent.split()), tuple(exogenous.split()))


@pytest.mark.parametrize(
    ("text", "options", "has_means"),
    [
        ("f =~ x1 + x2", {}, False),
        ("f =~ x1 + x2", {"meanstructure": True}, True),
        ("f =~ x1 + x2", {"growth": True}, True),
        ("f =~ x1 + x2\nx1 ~ 1", {}, True),
        ("f =~ x1 + x2", {"n_groups": 2}, False),
        ("f =~ x1 + x2", {"n_groups": 2, "group_equal": ["loadings"]}, False),
        ("f =~ x1 + x2", {"n_groups": 2, "group_equal": ["intercepts"]}, True),
        ("f =~ x1 + x2", {"n_groups": 2, "group_equal": ["means"]}, True),
    ],
)
def test_means_are_modelled_where_something_asks_for_them(text, options, has_means):
    table = table_of(text, **options)
    assert table.has_means is has_means
    assert any(p.op == "~1" for p in table.parameters) is has_means


def test_a_freed_covariate_is_noted_unless_all_are_free():
    assert "x1" in str(table_of("y ~ x1 + x2\nx1 ~~ x1").notes[0])
    assert table_of("y ~ x1 + x2\nx1 ~~ x1", fixed_x=False).notes == ()
    assert table_of("y ~ x1 + x2").notes == ()


def test_equal_parameters_are_counted_once():
    assert table_of("f =~ x1 + a*x2 + a*x3").n_free == 5
    assert table_of("y ~~ 1*y").n_free == 0
