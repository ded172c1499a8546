import numpy as np
import pandas as pd
import pytest

from kamlab.foundation.errors import NotApplicable
from kamlab.report.terms import staying_terms, worth_terms

ALL = ("trust", "commitment", "satisfaction", "tenure")


def rows(left, stayed=200, **columns):
    count = left + stayed
    frame = pd.DataFrame({name: np.arange(count, dtype=float) for name in ALL})
    frame["decided"] = True
    frame["stayed"] = pd.array([False] * left + [True] * stayed, dtype="boolean")
    return frame.assign(**columns)


@pytest.mark.parametrize(
    ("left", "terms"),
    [(0, ALL[:1]), (9, ALL[:1]), (10, ALL[:2]), (14, ALL[:2]), (15, ALL[:3]), (20, ALL), (90, ALL)],
)
def test_there_is_one_term_for_five_leavers_and_one_at_least(left, terms):
    assert staying_terms(rows(left), ["trust"]) == terms


def test_those_who_stayed_count_where_they_are_rarer():
    assert staying_terms(rows(200, stayed=11), ["trust"]) == ALL[:2]


def test_open_periods_do_not_count():
    table = rows(30)
    table.loc[:24, "decided"] = False
    assert staying_terms(table, ["trust"]) == ALL[:1]


def test_the_score_asked_for_comes_first_and_once():
    assert staying_terms(rows(10), ["satisfaction"]) == ("satisfaction", "trust")


@pytest.mark.parametrize("unknown", [np.nan, 4.0])
def test_what_is_unknown_or_alike_for_all_is_no_term(unknown):
    assert staying_terms(rows(50, trust=unknown), ["trust"]) == ALL[1:]
    assert "trust" not in staying_terms(rows(50).drop(columns="trust"), ["trust"])


def test_without_any_term_the_names_looked_for_are_told():
    with pytest.raises(NotApplicable, match="trust, commitment, satisfaction, tenure"):
        staying_terms(rows(50).drop(columns=list(ALL)), ["trust"])


def test_value_has_the_scores_of_staying_and_size_where_it_is_known():
    table = rows(50, size=np.arange(250.0))
    assert worth_terms(table, ALL) == (*ALL[:3], "size")
    assert worth_terms(table.drop(columns="size"), ALL[:1]) == ("trust",)
