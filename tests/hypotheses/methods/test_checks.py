"""Every assumption that is looked at can be found to hold and to fail."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.hypotheses.methods import checks
from kamlab.hypotheses.methods.registry import evidence
from kamlab.hypotheses.tables import Tables
from kamlab.panel.design import build_design


@pytest.fixture(scope="module")
def tables(company):
    return Tables.of(company)


def rows(count=300, **columns):
    made = {"account_id": [f"A-{n}" for n in range(count)], **columns}
    return pd.DataFrame(made)


def checked(tables, **given):
    """Return what was found of each assumption."""
    asked = kl.Hypothesis(name="h", statement="s", **({"above": 0} | given))
    return {str(one.assumption): one for one in evidence(asked, tables).checks()}


@pytest.mark.parametrize(("count", "holds"), [(39, False), (40, True)])
def test_accounts_are_enough_from_forty(count, holds):
    assert checks.enough_accounts(count).holds is holds
    assert str(count) in str(checks.enough_accounts(count).finding)


@pytest.mark.parametrize(("events", "holds"), [(9.9, False), (10.0, True)])
def test_events_are_enough_from_ten_a_term(events, holds):
    assert checks.enough_events(events).holds == holds


@pytest.mark.parametrize(("count", "holds"), [(19, False), (20, True)])
def test_leavers_are_enough_from_twenty(count, holds):
    assert checks.enough_leavers(count).holds is holds


@pytest.mark.parametrize(("lost", "holds"), [(0, True), (11, True), (12, False)])
def test_a_tenth_of_the_rows_may_be_lost(lost, holds):
    found = checks.few_rows_lost(lost, 100)
    assert found.holds is holds
    assert f"{lost} rows" in str(found.finding)


def test_scores_with_error_are_found_where_they_explain(tables):
    found = checks.scores_without_error(["satisfaction", "size"], tables)
    assert [one.holds for one in found] == [False]
    assert "Satisfaction: 81%" in str(found[0].finding)
    assert checks.scores_without_error(["size"], tables) == []


def test_scores_of_many_respondents_are_good_enough(tables):
    scores = tables.error.scores.assign(n_respondents=50)
    good = dataclasses.replace(tables.error, scores=scores)
    found = checks.scores_without_error(["trust"], dataclasses.replace(tables, error=good))
    assert [one.holds for one in found] == [True]


def test_where_the_error_is_not_known_nothing_can_be_told(tables, company):
    alone = dataclasses.replace(tables, error=Tables.of(_bare(company)).error)
    assert checks.scores_without_error(["trust"], alone)[0].holds is None
    found = checks.scores_without_error(["trust", "communication"], tables)[0]
    assert found.holds is None
    assert "Communication" in str(found.finding)


def _bare(company):
    return kl.Company(accounts=company.accounts)


def test_one_account_that_decides_is_named():
    accounts = pd.Series(["A", "A", "B", "C"])
    influence = np.array([0.6, 0.5, -0.2, 0.1])
    found = checks.no_account_decides(influence, 1.0, accounts)
    assert found.holds is False
    assert "account A" in str(found.finding)
    assert "1.10" in str(found.finding)
    assert checks.no_account_decides(influence, 1.2, accounts).holds is True


def test_the_account_named_is_the_one_without_which_the_estimate_moves_most(tables):
    given = {"method": "linear", "model": "trust ~ tenure", "term": "tenure"}
    finding = str(checked(tables, **given)["no single account decides"].finding)
    asked = kl.Hypothesis(name="h", statement="s", above=0, **given)
    whole = evidence(asked, tables)
    ids = pd.Index(tables.periods.dropna(subset=["trust"])["account_id"].unique())
    moved = {
        one: abs(evidence(asked, tables.only(ids.drop(one))).estimate - whole.estimate)
        for one in ids[:40].union([finding.split()[1]])
    }
    worst = max(moved, key=moved.get)
    assert f"account {worst} " in finding
    assert float(finding.split()[-3]) == pytest.approx(moved[worst] / whole.std_error, rel=0.15)


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(("bend", "holds"), [(0.0, True), (1.0, False)])
def test_a_bend_is_seen(binary, bend, holds):
    rng = np.random.default_rng(5)
    x = rng.normal(size=300)
    mean = 0.5 + x + bend * x**2
    y = rng.random(300) < 1 / (1 + np.exp(-mean)) if binary else mean + rng.normal(size=300)
    design = build_design("y ~ x", rows(x=x, y=np.asarray(y, dtype=float)))
    (found,) = checks.straight_line(design, x, binary=binary)
    assert found.holds is holds


def test_two_values_cannot_bend():
    table = rows(4, x=[0.0, 1.0, 0.0, 1.0], y=[1.0, 2.0, 3.0, 4.0])
    design = build_design("y ~ x", table)
    assert checks.straight_line(design, table["x"].to_numpy(), binary=False) == []
    assert checks.straight_line(design, np.zeros(4), binary=False) == []


def test_a_bend_that_cannot_be_tested_is_left_open():
    table = rows(40, x=np.arange(40.0), y=(np.arange(40) > 20).astype(float))
    design = build_design("y ~ x", table)
    (found,) = checks.straight_line(design, table["x"].to_numpy(), binary=True)
    assert found.holds is None


def test_many_ties_cannot_tell():
    table = pd.DataFrame({"a": [0, 0, 0, 1], "b": [1, 2, 3, 4]})
    assert checks.varied_ranks(table).holds is None
    assert checks.varied_ranks(table[["b"]]).holds is True


@pytest.mark.parametrize(
    ("fit", "holds"), [((0.96, 0.05, 5), True), ((0.9, 0.05, 5), False), ((1.0, 0.0, 0), None)]
)
def test_a_structural_model_fits_or_cannot_fail_to(fit, holds):
    assert checks.model_fits(*fit).holds is holds


def test_each_method_looks_at_what_it_assumes(tables):
    stay = {"model": "stayed ~ trust + tenure", "term": "trust"}
    common = {"enough accounts", "few rows lost"}
    single = {"no single account decides", "a straight line does"}
    score = {"scores without error"}
    events = {"enough cases of the rarer outcome"}
    assert set(checked(tables, **stay)) == common | single | score | events
    corrected = checked(tables, **stay, corrected=True)
    assert set(corrected) == common | events | {"a straight line does"}
    value = checked(tables, method="value", model="log(ltv) ~ size + trust", term="size")
    assert set(value) == common | single | score
    linear = checked(tables, method="linear", model="trust ~ size + tenure", term="size")
    assert set(linear) == common | single
    ranks = checked(tables, method="correlation", model="trust ~ size")
    assert set(ranks) == common | score | {"few ties"}
    forecast = checked(tables, method="forecast", model="stayed ~ trust", rival="stayed ~ size")
    assert set(forecast) == common | {"enough accounts left in the periods foretold"}
    path = {"table": "survey", "model": "commitment ~ trust", "term": "commitment ~ trust"}
    assert set(checked(tables, method="sem", **path)) == common | score | {"the model fits"}
