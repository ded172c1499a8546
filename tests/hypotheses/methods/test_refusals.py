"""What cannot be tested is refused with the reason, and warnings are kept, not sprayed."""

import dataclasses
import warnings

import numpy as np
import pytest

import kamlab as kl
from kamlab.foundation.language import same
from kamlab.hypotheses.methods import registry
from kamlab.hypotheses.methods.registry import evidence
from kamlab.hypotheses.tables import Tables


@pytest.fixture(scope="module")
def tables(company):
    return Tables.of(company)


def hypothesis(**given):
    return kl.Hypothesis(name="h", statement="So it is.", **({"above": 0} | given))


def test_what_is_not_measurable_is_refused_in_its_own_words(tables, language):
    reason = "Nobody records it."
    asked = kl.Hypothesis(name="h", statement="s", not_measurable=same(reason))
    with pytest.raises(kl.NotApplicable, match=reason):
        evidence(asked, tables)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model": "stayed ~ trst", "term": "trst"}, "did you mean trust"),
        ({"model": "stayed ~ trust + size", "term": "trst"}, "has trust, Intercept, size"),
        ({"method": "value", "model": "log(ltv) ~ size", "term": "siz"}, "has size, Intercept"),
        ({"method": "linear", "model": "trust ~ size", "term": "x"}, "has Intercept, size"),
        ({"method": "linear", "model": "trust ~ revenue", "term": "revenue"}, "revenue"),
        ({"method": "correlation", "model": "trust + size"}, "x ~ y"),
        ({"method": "correlation", "model": "trst ~ size"}, "did you mean trust"),
        ({"method": "correlation", "model": "log(size) ~ trust"}, "x ~ y"),
        ({"method": "correlation", "model": "industry ~ trust"}, "industry has words"),
        (
            {"method": "sem", "table": "survey", "model": "trust ~ commitment", "term": "a ~ b"},
            "has trust ~ commitment",
        ),
        (
            {"method": "sem", "table": "survey", "model": "trust ~ nothing", "term": "a ~ b"},
            "nothing",
        ),
        ({"method": "forecast", "model": "stayed ~ trst", "rival": "stayed ~ size"}, "trst"),
    ],
)
def test_what_does_not_fit_the_tables_is_named(tables, given, said):
    with pytest.raises(kl.KamlabError, match=said):
        evidence(hypothesis(**given), tables)


@pytest.mark.parametrize("method", ["retention", "value", "sem", "forecast", "correlation"])
def test_a_missing_table_is_the_reason(company, method, language):
    bare = Tables.of(kl.Company(accounts=company.accounts))
    given = {"model": "stayed ~ trust", "term": "trust"}
    if method in ("forecast", "correlation"):
        given = {"model": "stayed ~ trust"}
    if method == "forecast":
        given["rival"] = "stayed ~ size"
    if method == "sem":
        given["table"] = "survey"
    with pytest.raises(kl.NotApplicable, match="survey" if method == "sem" else "periods"):
        evidence(hypothesis(method=method, **given), bare)


def test_a_correction_needs_a_known_error(tables):
    alone = dataclasses.replace(tables, error=kl.NotApplicable(same("one respondent each")))
    asked = hypothesis(model="stayed ~ trust", term="trust", corrected=True)
    with pytest.raises(kl.NotApplicable, match="one respondent each"):
        evidence(asked, alone)


def test_a_correlation_needs_accounts_that_differ(tables):
    asked = hypothesis(method="correlation", table="accounts", model="size ~ same")
    alike = dataclasses.replace(tables, accounts=tables.accounts.assign(same=1))
    with pytest.raises(kl.NotApplicable, match="same value of same"):
        evidence(asked, alike)
    few = dataclasses.replace(tables, accounts=alike.accounts.assign(same=range(240)).head(9))
    with pytest.raises(kl.NotApplicable, match=r"9 account\(s\)"):
        evidence(asked, few)


def test_a_perfect_correlation_has_an_estimate_and_no_doubt(tables):
    twice = tables.accounts.assign(double=tables.accounts["size"] * 2)
    asked = hypothesis(method="correlation", table="accounts", model="size ~ double", above=0.9)
    found = evidence(asked, dataclasses.replace(tables, accounts=twice))
    assert found.estimate == pytest.approx(1)
    assert found.verdict(0.9, np.inf, 0.95) == "supported"
    assert found.p_value(0.9) == 0


def test_an_outcome_that_does_not_vary_gives_no_effect_size(tables):
    asked = hypothesis(method="linear", table="accounts", model="same ~ size", term="size")
    alike = dataclasses.replace(tables, accounts=tables.accounts.assign(same=1.0))
    found = evidence(asked, alike)
    assert np.isnan(found.effect_size)
    assert found.estimate == pytest.approx(0, abs=1e-9)


def test_rows_left_out_are_counted_and_other_warnings_kept(tables):
    text = "trust =~ trust_1 + trust_2 + trust_3\ntrust_4 ~ trust\ntrust_4 ~~ -0.5*trust_4"
    asked = hypothesis(method="sem", table="survey", model=text, term="trust_4 ~ trust")
    loss = hypothesis(method="linear", model="trust ~ meeting_last_year", term="meeting_last_year")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evidence(loss, tables).n_lost > 0
        assert evidence(loss, tables).alarms == ()
        assert "trust_4" in str(evidence(asked, tables).alarms[0])


def test_warnings_of_others_are_passed_on(tables, monkeypatch):
    def loud(hypothesis, tables, *, seed):
        warnings.warn("from elsewhere", RuntimeWarning, stacklevel=1)
        return real(hypothesis, tables, seed=seed)

    real = registry.METHODS["linear"]
    monkeypatch.setattr(registry, "METHODS", {"linear": loud})
    asked = hypothesis(method="linear", model="trust ~ size", term="size")
    with pytest.warns(RuntimeWarning, match="from elsewhere"):
        evidence(asked, tables)
