import pytest

from kamlab.sem.syntax.reader import read_model
from kamlab.sem.syntax.table import parameter_table


def entries_of(text):
    return [(e.lhs, e.op, e.rhs) for e in read_model(text).entries]


def one(text):
    """Return the modifiers of the last entry."""
    return read_model(text).entries[-1].modifiers


THREE = [("f", "=~", "x1"), ("f", "=~", "x2"), ("f", "=~", "x3")]


@pytest.mark.parametrize(
    "text",
    [
        "f =~ x1 + x2 + x3",
        "f=~x1+x2+x3",
        "f =~ + x1 + x2 + x3",
        "f =~ x1 + x2\nf =~ x3",
        "f =~ x1; f =~ x2 + x3;",
        "f =~ x1 +\n  x2\n\n  + x3 # a comment",
        "# f =~ z\n! y ~ z\n\tf =~\n x1 + x2 ! + x4\n + x3\r\n",
        "f ＝～ x1　＋ x2 + x3 ＃ 注釈",
    ],
)
def test_layout_and_comments_do_not_matter(text):
    assert entries_of(text) == THREE


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("y ~ 1", [("y", "~1", "")]),
        ("y ~ 1 + x", [("y", "~1", ""), ("y", "~", "x")]),
        ("a + b ~ x + z", [(y, "~", x) for y in "ab" for x in "xz"]),
        ("a ~~ b + c", [("a", "~~", "b"), ("a", "~~", "c")]),
        ("信頼 =~ 項目.1 + 項目_2", [("信頼", "=~", "項目.1"), ("信頼", "=~", "項目_2")]),
        (".z ~ x.1.b + _x", [(".z", "~", "x.1.b"), (".z", "~", "_x")]),
    ],
)
def test_formulas_are_taken_apart(text, entries):
    assert entries_of(text) == entries


def test_a_covariance_is_written_with_the_latent_variable_first():
    assert entries_of("f =~ x1 + x2\nx2 ~~ f\nx2 ~~ x1")[2:] == [
        ("f", "~~", "x2"),
        ("x1", "~~", "x2"),
    ]


@pytest.mark.parametrize(
    ("modifier", "value"),
    [
        ("2*", 2.0),
        (".5*", 0.5),
        ("-1*", -1.0),
        ("1/2*", 0.5),
        ("(1 + 1)*", 2.0),
        ("2^2*", 4.0),
        ("-2**2*", -4.0),
        ("sqrt(4)*", 2.0),
        ("1e-2*", 0.01),
        ("3*2*", 6.0),
    ],
)
def test_a_number_fixes_the_parameter(modifier, value):
    assert one(f"y ~ {modifier}x").fixed == (value,)


@pytest.mark.parametrize(
    ("term", "labels"),
    [
        ("a*x", ("a",)),
        ('"a"*x', ("a",)),
        ("'a'*x", ("a",)),
        ('label("a")*x', ("a",)),
        ("label(a)*x", ("a",)),
        ("c(a, b)*x", ("a", "b")),
        ('c("a", "b")*x', ("a", "b")),
        ('label(c("a", "b"))*x', ("a", "b")),
        ("c(a, NA)*x", ("a", "")),
        ('equal("y =~ x1")*x', ("y=~x1",)),
        ("信頼の効果*x", ("信頼の効果",)),
    ],
)
def test_labels(term, labels):
    assert one(f"y ~ {term}").labels == labels


@pytest.mark.parametrize(
    ("term", "start"),
    [
        ("start(0.5)*x", (0.5,)),
        ("0.5?x", (0.5,)),
        ("start(1, 2)*x", (1.0, 2.0)),
        ("start(c(1, 1/2))*x", (1.0, 0.5)),
    ],
)
def test_starting_values(term, start):
    assert one(f"y ~ {term}").start == start


@pytest.mark.parametrize("term", ["a*x + start(2)*x", "a*start(2)*x", "start(2)*x + a*x + x"])
def test_modifiers_of_one_term_are_joined(term):
    (entry,) = read_model(f"y ~ {term}").entries
    assert (entry.modifiers.labels, entry.modifiers.start) == (("a",), (2.0,))


def test_a_fixed_value_and_a_label_go_together():
    (parameter, *_) = parameter_table(read_model("y ~ 2*x + a*x")).parameters
    assert (parameter.free, parameter.value, parameter.label) == (False, 2.0, "a")


def test_na_frees_what_would_be_fixed_and_a_list_does_so_in_one_group():
    table = parameter_table(read_model("f =~ NA*x1 + x2"))
    assert table.parameters[0].free
    table = parameter_table(read_model("f =~ x1 + c(1, NA)*x2"), n_groups=2)
    assert [p.free for p in table.parameters if p.rhs == "x2" and p.op == "=~"] == [False, True]


@pytest.mark.parametrize("text", ["y ~ 0 + x", "y ~ 0*1 + x"])
def test_an_intercept_of_nought(text):
    (entry, _) = read_model(text).entries
    assert (entry.op, entry.modifiers.fixed) == ("~1", (0.0,))


def test_a_parameter_that_shares_a_label_with_a_fixed_one_is_fixed_there():
    table = parameter_table(read_model("y ~ a*x1 + a*x2 + 0.3*x2"))
    assert [p.value for p in table.parameters[:2]] == [0.3, 0.3]
