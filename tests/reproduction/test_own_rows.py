"""Rows of a reader's own: read, computed, and refused with every mistake and its line."""

import numpy as np
import pytest

import kamlab as kl

RIGHT = """
[[reproduces]]
work = "A textbook"
quantity = { en = "Multiple at {retention_rate:.0%}", ja = "継続率{retention_rate:.0%}の倍率" }
computation = "margin_multiple"
given = { discount_rate = 0.10 }
status = "secondary"
source = "page 12 of our reader"
tolerance = 0.005
because = { en = "two decimals", ja = "小数第2位まで" }
cases = [
    { retention_rate = 0.80, value = 2.67 },
    { retention_rate = 0.90, value = 4.05 },
]

[[not_reproduced]]
work = "A talk"
quantity = { en = "A share", ja = "割合" }
source = "a slide"
reason = { en = "no data", ja = "データなし" }
"""
CASES = RIGHT[RIGHT.index("cases") : RIGHT.index("]", RIGHT.index("cases")) + 1]


@pytest.fixture
def own(tmp_path):
    def write(text, **options):
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return kl.ledger(path, **options)

    return write


@pytest.fixture(scope="module")
def n_shipped():
    return len(kl.ledger())


def test_own_rows_stand_below_kamlabs(own, n_shipped, language):
    rows = own(RIGHT).iloc[n_shipped:]
    assert rows["within"].tolist()[:2] == [True, False]
    assert rows["ours"].tolist()[:2] == pytest.approx([0.8 / 0.3, 0.9 / 0.2])
    assert rows["difference"].iloc[1] == pytest.approx(4.5 - 4.05)
    assert rows["quantity"].iloc[0] == {"en": "Multiple at 80%", "ja": "継続率80%の倍率"}[language]
    assert np.isnan(rows["ours"].iloc[2])


def test_a_path_may_be_a_string(tmp_path, n_shipped):
    path = tmp_path / "own.toml"
    path.write_text(RIGHT, encoding="utf-8")
    assert len(kl.ledger(str(path))) == n_shipped + 3


def test_own_computations_are_used(own):
    text = RIGHT.replace('"margin_multiple"', '"twice"')

    def twice(retention_rate, discount_rate):
        return 2 * retention_rate + discount_rate - 0.10

    assert own(text, computations={"twice": twice})["ours"].iloc[-3] == pytest.approx(1.6)


@pytest.mark.parametrize("got", ["many", None, np.nan, np.inf, [1.0]])
def test_a_computation_that_gives_no_number_is_named(own, got, language):
    with pytest.raises(kl.ModelError, match="odd"):
        own(
            RIGHT.replace('"margin_multiple"', '"odd"'),
            computations={"odd": lambda retention_rate, discount_rate: got},
        )


def test_words_may_be_in_one_language(own, language):
    text = RIGHT.replace('{ en = "two decimals", ja = "小数第2位まで" }', '"two decimals"')
    rows = own(text.replace('{ en = "no data", ja = "データなし" }', '"no data"'))
    assert rows["tolerance_because"].iloc[-3] == "two decimals"
    assert rows["reason"].iloc[-1] == "no data"


def test_an_argument_that_meets_no_number_is_told_with_those_that_would(own):
    text = RIGHT.replace("margin_multiple", "purchases_estimate")
    text = text.replace("discount_rate = 0.10", 'model = "bgnbd", term = "alhpa"')
    with pytest.raises(kl.ModelError, match="term = 'alhpa'") as caught:
        own(text)
    assert "a, alpha, b, r" in str(caught.value)
    assert "did you mean 'alpha'" in str(caught.value)


def test_own_computations_are_functions_with_names_of_their_own(own, language):
    with pytest.raises(kl.ArgumentError, match="twice"):
        own(RIGHT, computations={"twice": 2})
    with pytest.raises(kl.ArgumentError, match="margin_multiple"):
        own(RIGHT, computations={"margin_multiple": lambda: 1.0})


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ('"margin_multiple"', '"margin_multipel"', ["line 5", "margin_multipel", "did you mean"]),
        ("{ retention_rate = 0.80", "{ retentoin_rate = 0.80", ["line 12", "retentoin_rate"]),
        ("{ retention_rate = 0.80, ", "{ ", ["line 12", "also needs retention_rate"]),
        ("value = 2.67", 'value = "2.67"', ["line 12", "value"]),
        (", value = 2.67", "", ["line 12", "'value' is missing"]),
        ("tolerance = 0.005", "tolerance = -1", ["line 9", "0 or more"]),
        ("tolerance = 0.005\n", "", ["'tolerance' is missing"]),
        ("because =", "why =", ["'because' is missing", "why"]),
        ('status = "secondary"', 'status = "recalled"', ["remembered number is no target"]),
        ('status = "secondary"', 'status = "sure"', ["line 7", "sure", "published"]),
        ('source = "page 12 of our reader"', 'source = " "', ["line 8", "nothing is written"]),
        (
            'en = "Multiple at {retention_rate:.0%}"',
            'en = "Multiple of {who}"',
            ["line 12", "need who"],
        ),
        ("{retention_rate:.0%}の", "{retention_rate:x}の", ["cannot be filled"]),
        ('reason = { en = "no data", ja = "データなし" }', "", ["'reason' is missing"]),
        ('source = "a slide"', 'source = "a slide"\nvalue = 5.0', ["how well the value is known"]),
        ("[[reproduces]]", "[reproduces]", ["[[reproduces]]"]),
        ("given = { discount_rate = 0.10 }", "given = 0.10", ["given"]),
        (CASES, "cases = []", ["'value' is missing"]),
    ],
)
def test_a_mistake_is_told_with_its_line(own, old, new, parts):
    assert RIGHT.count(old) == 1 or old == "[[reproduces]]"
    with pytest.raises(kl.ModelError) as caught:
        own(RIGHT.replace(old, new))
    assert "own.toml" in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


def test_an_unknown_computation_hides_no_other_mistake(own, language):
    text = RIGHT.replace("margin_multiple", "nothing_like_it").replace("secondary", "recalled")
    with pytest.raises(kl.ModelError, match="margin_multiple") as caught:
        own(text.replace("value = 4.05", "value = true"))
    assert str(caught.value).count("\n- ") == 3


def test_a_remembered_number_is_not_listed_as_printed(own, language):
    text = RIGHT.replace(
        'source = "a slide"', 'source = "memory"\nstatus = "recalled"\nvalue = 1.0'
    )
    with pytest.raises(kl.ModelError, match=r"not_reproduced"):
        own(text)


def test_all_mistakes_are_told_at_once(own, language):
    text = RIGHT.replace("value = 2.67", 'value = "?"').replace(
        "tolerance = 0.005", "tolerance = -1"
    )
    with pytest.raises(kl.ModelError) as caught:
        own(text.replace('"a slide"', '""'))
    assert str(caught.value).count("\n- ") == 3


@pytest.mark.parametrize("text", ["", "[[reproduce]]\nwork = 1\n", "= 3"])
def test_files_without_a_row_or_of_no_toml_are_refused(own, text, language):
    with pytest.raises(kl.ModelError, match=r"own\.toml"):
        own(text)


def test_a_missing_file_is_refused(language):
    with pytest.raises(kl.ModelError, match="nowhere"):
        kl.ledger("nowhere.toml")
