import pytest

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import use_language
from kamlab.sem.syntax.reader import read_model
from kamlab.sem.syntax.table import parameter_table


def refused(text, **options):
    with pytest.raises(ModelError) as caught:
        parameter_table(read_model(text), **options)
    return str(caught.value)


def test_every_mistake_is_shown_in_its_line_with_a_caret_below():
    told = refused("f =~ x1 + + x2\ny ~ x\nz ~ x - w\ng = y")
    assert told.splitlines()[0].startswith("The model's text has 3 mistake(s)")
    shown = [line for line in told.splitlines()[1:] if line.startswith("    ")]
    assert shown == [
        "    f =~ x1 + + x2",
        "            ^",
        "    z ~ x - w",
        "          ^",
        "    g = y",
        "      ^",
    ]
    assert "Line 1, column 9" in told
    assert "Line 3, column 7" in told
    assert "Line 4, column 3" in told


def test_the_caret_stands_below_its_place_behind_letters_of_double_width():
    told = refused("信頼 =~ 項目1 - x")
    assert told.splitlines()[-1] == "    \u3000\u3000    \u3000\u3000  ^"


def test_the_words_are_japanese_for_who_reads_japanese():
    use_language("ja")
    assert "1行目、7文字目" in refused("z ~ x - w")


def test_the_error_changes_its_language_after_it_was_raised():
    with pytest.raises(ModelError) as caught:
        read_model("f = x")
    assert "Line 1" in str(caught.value)
    use_language("ja")
    assert "1行目" in str(caught.value)


MISTAKES = {
    "f =~ x1 +": (9, "term is missing"),
    "f =~": (5, "right of =~"),
    "=~ x1": (1, "left of =~"),
    "f + =~ x1": (4, "left of =~"),
    "f =~ x1 x2": (9, r"Is a \+ missing"),
    "f =~ 2x1": (6, "0.5"),
    "f =~ x1 + 3": (11, "name of a variable"),
    "y ~ -1 + x": (5, "minus"),
    "f =~ x1 ~ x2": (9, "second"),
    "f =~ a*": (8, "behind the"),
    "f =~ *x": (6, "before this"),
    "f =~ -a*x": (7, "cannot be a part of a number"),
    "f =~ foo(1)*x": (6, "not known"),
    "f =~ lower(0)*x": (6, "a > 0"),
    "f =~ c(1, a)*x": (8, "numbers or labels"),
    "f =~ c(1,, 2)*x": (6, "missing in c"),
    "f =~ start(2*x": (11, "closing parenthesis"),
    "f =~ start(NA)*x": (12, "finite"),
    "f =~ 1/0*x": (6, "finite"),
    "f =~ a*x1 + b*x1": (13, "contradict"),
    "f =~ 1*x1 + 2*x1": (13, "contradict"),
    "a*f =~ x1": (2, "right of the operator"),
    'efa("b")*f =~ x1': (9, "efa"),
    "f =~ f": (6, "measured by itself"),
    "y ~ x + y": (9, "explain itself"),
    "y ~ x\ny ~ z + x": (9, "named before"),
    "y ~~ x; x ~~ y": (14, "named before"),
    'y ~ "a*x': (5, "not closed"),
    "y ~ x @ z": (7, "no meaning"),
    "f <~ x1 + x2": (3, "Composites"),
    "x1 | t1": (4, "Thresholds"),
    "x1 ~*~ x1": (4, "Scaling"),
    "group % w": (7, "not supported"),
    "group: 1\nf =~ x1": (1, "Blocks"),
    "Level : 2": (1, "Blocks"),
    "y ~ x:z": (6, "Products"),
    "x1 + x2": (1, "No formula begins"),
    "y ~ a*x\na + b := 2*a": (3, "one new name"),
    "y ~ a*x\nb := a +": (9, "ends too soon"),
    "y ~ a*x\n(a == 1)": (3, "closing parenthesis"),
    "f =~ x1) + x2": (8, "not expected"),
    "f =~ start(2)3*x": (14, "not expected"),
    "y ~ a*x\nb := (a": (6, "closing parenthesis"),
    "y ~ a*x\nb := gamma(a)": (6, "exp, log, sqrt, abs"),
    "y ~ a*x\nb := a 2": (8, "not expected"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_pointed_at_and_explained(text):
    column, words = MISTAKES[text]
    with pytest.raises(ModelError, match=words) as caught:
        read_model(text)
    assert str(caught.value).count("Line ") == 1
    assert f"column {column}: " in str(caught.value)


FITS_NOT = {
    "y ~ trust*x\nb := trsut^2": (2, 6, r"'trsut' \(did you mean 'trust'\?\)"),
    "y ~ a*x\na == 2*b2": (2, 8, "'b2'"),
    "y ~ a*x\nb := c\nc := b": (2, 1, "comes back to b"),
    "y ~ a*x\nb := b + a": (2, 1, "comes back to b"),
    "y ~ a*x\nb := a\nb := 2*a": (3, 1, "already"),
    "y ~ a*x\na := 2": (2, 1, "already"),
    "y ~ x\n1 > 0": (2, 1, "constrains nothing"),
    "y ~ 1*x + a*x\na == 1": (2, 1, "constrains nothing"),
    "f =~ start(.8)*x1 + x2": (1, 6, "fixed at 1"),
    "y ~ 2*x + a*x + 3*z + a*z": (1, 17, "different values"),
    'f =~ x1 + x2 + equal("f=~x9")*x3': (1, 16, "f=~x9"),
}


@pytest.mark.parametrize("text", FITS_NOT)
def test_what_does_not_fit_together_is_pointed_at(text):
    line, column, words = FITS_NOT[text]
    with pytest.raises(ModelError, match=words) as caught:
        parameter_table(read_model(text))
    assert f"Line {line}, column {column}: " in str(caught.value)


def test_a_circle_of_definitions_is_told_of_once():
    assert refused("y ~ a*x\nb := c\nc := d + a\nd := b").count("Line ") == 1


def test_an_unknown_label_is_told_of_once_though_other_definitions_need_it():
    assert refused("y ~ a*x\nb := q\nd := b + 1\nd > 0").count("Line ") == 1


@pytest.mark.parametrize("text", ["", "  \n", "# y ~ x", "a := 1"])
def test_an_empty_model_is_refused(text):
    with pytest.raises(ModelError, match="empty"):
        read_model(text)


@pytest.mark.parametrize("text", [None, 3, ["y ~ x"]])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(ArgumentError, match="text"):
        read_model(text)
