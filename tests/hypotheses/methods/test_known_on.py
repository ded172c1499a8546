"""On which day what a test explains was known."""

import pandas as pd
import pytest

from kamlab.hypotheses.methods.ingredients import known_on
from kamlab.hypotheses.tables import Tables


@pytest.fixture(scope="module")
def tables(company):
    return Tables.of(company)


def test_what_a_period_brings_is_known_at_its_end(tables):
    rows = tables.periods.tail(9)
    assert known_on(rows, tables, ["trust", "net_margin"]).tolist() == rows["end"].tolist()
    without = rows.drop(columns="end")
    assert known_on(without, tables, ["stayed"]).tolist() == rows["start"].tolist()


def test_scores_before_a_period_are_known_with_the_last_answer(tables, company):
    rows = tables.periods.query("account_id == 'A-001'")
    answers = company.survey.query("account_id == 'A-001'").groupby("wave")["answered_on"].max()
    expected = answers.loc[rows["wave"]].tolist()
    assert known_on(rows, tables, ["trust", "commitment"]).tolist() == expected


def test_anything_else_is_known_before_the_period(tables):
    rows = tables.periods.head(9)
    days = known_on(rows, tables, ["trust", "meeting_last_year"])
    assert days.tolist() == (rows["start"] - pd.Timedelta(days=1)).tolist()


def test_of_accounts_scores_have_their_day_and_the_rest_the_last_one(tables):
    rows = tables.accounts.head(9)
    assert known_on(rows, tables, ["communication"]).tolist() == rows["answered_on"].tolist()
    assert known_on(rows, tables, ["communication", "size"]).eq(tables.last_day).all()
