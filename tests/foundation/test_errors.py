import pickle

import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation import errors
from kamlab.foundation.errors import SHOWN_AT_MOST, Problem
from kamlab.foundation.language import Text, use_language

PROBLEM = Problem(
    severity="error",
    table="survey",
    column="trust_1",
    row=12,
    value=9,
    what=Text("9 is too high.", "9は大きすぎます。"),
    allowed=Text("1 to 7", "1以上7以下"),
    remedy=Text("Correct it.", "直してください。"),
)


def test_a_problem_is_one_sentence_with_place_what_allowed_and_remedy():
    assert PROBLEM.sentence.en == (
        "table survey, column trust_1, row 12: 9 is too high. Allowed: 1 to 7 Remedy: Correct it."
    )
    assert PROBLEM.sentence.ja == (
        "表「survey」、列「trust_1」、12行目：9は大きすぎます。 "
        "許される値：1以上7以下 直し方：直してください。"
    )


@pytest.mark.parametrize(
    ("column", "row", "expected"),
    [
        ("", None, "table survey"),
        ("trust_1", None, "table survey, column trust_1"),
        ("", 3, "table survey, row 3"),
    ],
)
def test_a_place_names_what_is_known_of_it(column, row, expected):
    problem = Problem("error", "survey", column, row, None, *3 * [Text("", "")])
    assert problem.place.en == expected


def test_a_data_error_speaks_the_language_of_the_moment():
    error = kl.DataError([PROBLEM])
    assert "9 is too high" in str(error)
    use_language("ja")
    assert "9は大きすぎます" in str(error)
    assert "9 is too high" not in str(error)


@pytest.mark.parametrize("count", [1, SHOWN_AT_MOST, SHOWN_AT_MOST + 1, 100])
def test_a_data_error_counts_all_problems_and_shows_the_first(count, language):
    error = kl.DataError([PROBLEM] * count)
    assert str(count) in str(error)
    assert str(error).count(str(PROBLEM.sentence)) == min(count, SHOWN_AT_MOST)
    assert (str(count - SHOWN_AT_MOST) in str(error).splitlines()[-1]) == (count > SHOWN_AT_MOST)
    assert len(error.table()) == count == len(error.problems)


def test_the_table_of_problems_has_one_row_each_in_the_language_of_the_moment(language):
    whole = Problem("warning", "accounts", "", None, None, *3 * [Text("x", "バツ")])
    table = kl.DataError([PROBLEM, whole]).table()
    assert list(table.columns) == [
        "severity", "table", "column", "row", "value", "problem", "allowed", "remedy"
    ]  # fmt: skip
    assert table["row"].tolist() == [12, pd.NA]
    assert table["problem"].tolist() == [str(PROBLEM.what), str(whole.what)]
    assert str(table["row"].dtype) == "Int64"


def test_an_iterator_of_problems_is_read_once_and_kept():
    error = kl.DataError(iter([PROBLEM, PROBLEM]))
    assert len(error.problems) == 2
    assert len(error.table()) == 2


@pytest.mark.parametrize("name", ["ModelError", "NotApplicable", "DataError"])
def test_every_error_is_kamlabs_own(name):
    assert issubclass(getattr(kl, name), kl.KamlabError)


@pytest.mark.parametrize("name", ["DataWarning", "RowsLeftOutWarning", "RecalledClaimWarning"])
def test_every_warning_is_kamlabs_own_and_can_be_filtered(name):
    assert issubclass(getattr(errors, name), kl.KamlabWarning)
    assert issubclass(kl.KamlabWarning, UserWarning)


@pytest.mark.parametrize(
    "error",
    [kl.ModelError(Text("no", "否")), kl.NotApplicable(Text("no", "否")), kl.DataError([PROBLEM])],
)
def test_errors_travel_between_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
