"""Testing hypotheses on a company: verdicts, corrections, what cannot be tested."""

import dataclasses
import math
import warnings
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.foundation.language import same
from kamlab.hypotheses.evidence import Evidence
from kamlab.hypotheses.examined import Examined, corrected

TRUST = {"model": "stayed ~ trust + tenure", "term": "trust", "above": 0}


def hypothesis(name, **given):
    return kl.Hypothesis(name=name, statement=f"Statement of {name}.", **given)


def seen(name, p_value, *, family="main", estimate=None):
    """Return a hypothesis with a normal effect above 0 that has a certain p-value."""
    value = stats.norm.isf(p_value / 2) if estimate is None else estimate
    words = {"effect": same("e"), "effect_size_is": same("s"), "lost": same("")}
    counts = {"n_used": 10, "n_accounts": 10, "n_lost": 0, "effect_size": value}
    found = Evidence(estimate=value, std_error=1.0, **words, **counts)
    return Examined(hypothesis(name, **TRUST, family=family), evidence=found)


@pytest.fixture(scope="module")
def several():
    return [
        hypothesis("trust_keeps", **TRUST),
        hypothesis("small_company", **TRUST | {"above": None, "below": 0}),
        hypothesis("big", method="correlation", table="accounts", model="size ~ trust", above=0),
        hypothesis("no_such_column", **TRUST | {"model": "stayed ~ trst", "term": "trst"}),
        kl.Hypothesis(name="mood", statement="Mood matters.", not_measurable=same("No record.")),
    ]


@pytest.fixture(scope="module")
def found(several, company):
    return kl.assess_hypotheses(several, company)


def test_there_is_one_row_a_hypothesis_in_the_order_given(found, several):
    tidy = found.tidy()
    assert tidy["term"].tolist() == [one.name for one in several]
    assert tidy["verdict"].tolist() == [
        "supported",
        "refuted",
        "undecided",
        "not_applicable",
        "not_applicable",
    ]
    assert tidy["declared"].eq("not_declared").all()


def test_estimates_are_those_of_the_regression(found, company):
    row = found.tidy().iloc[0]
    fit = kl.fit_retention(TRUST["model"], company).tidy().set_index("term").loc["trust"]
    for name in ("estimate", "std_error", "conf_low", "conf_high", "p_value"):
        assert row[name] == pytest.approx(fit[name])
    assert row["effect_size"] == pytest.approx(fit["ame"])
    assert row["null"] == "the effect is 0"
    assert (row["nobs"], row["n_accounts"], row["n_left_out"]) == (654, 201, 0)


def test_what_cannot_be_tested_has_a_reason_and_no_numbers(found):
    rows = found.tidy().query("verdict == 'not_applicable'")
    assert "did you mean trust" in rows["reason"].iloc[0]
    assert rows["reason"].iloc[1] == "No record."
    assert rows[["estimate", "p_value", "p_corrected", "conf_low"]].isna().all(axis=None)
    assert rows["claim"].tolist() == ["effect > 0", ""]
    assert found.glance()["n_not_applicable"].item() == 2


def test_what_cannot_be_tested_does_not_count_in_its_family(found):
    tidy = found.tidy()
    plain = np.sort(tidy["p_value"].dropna())
    holm = np.maximum.accumulate(np.minimum(plain * np.array([3, 2, 1]), 1))
    np.testing.assert_allclose(np.sort(tidy["p_corrected"].dropna()), holm)


def test_assumptions_that_fail_are_in_the_table_and_all_are_in_the_checks(found):
    checks = found.checks()
    failed = checks[checks["holds"].eq(False)]
    for row in found.tidy().to_dict("records"):
        own = failed.loc[failed["term"] == row["term"], "assumption"]
        assert row["assumptions"] == ", ".join(own)
    assert "scores without error" in found.tidy()["assumptions"].iloc[0]
    assert set(checks["term"]) == {"trust_keeps", "small_company", "big"}


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        # Holm: 3 x .01, 2 x .02, 1 x .03; Benjamini-Hochberg: min of 3 p / rank from above.
        ("holm", [0.03, 0.04, 0.04, 0.04]),
        ("bh", [0.03, 0.03, 0.03, 0.04]),
        ("none", [0.01, 0.02, 0.03, 0.04]),
    ],
)
def test_corrections_are_made_within_families(correction, expected):
    own = [seen(f"h{n}", p) for n, p in enumerate((0.01, 0.02, 0.03))]
    other = seen("other", 0.04, family="alone")
    untested = Examined(hypothesis("x", **TRUST), reason=same("no"))
    found = corrected([*own, untested, other], correction)
    np.testing.assert_allclose(np.delete(found, 3), expected)
    assert np.isnan(found[3])


def test_ties_and_large_p_values_stay_within_bounds():
    found = corrected([seen("a", 0.9), seen("b", 0.9), seen("c", 0.9)], "holm")
    np.testing.assert_allclose(found, 1.0)


def test_a_verdict_that_does_not_outlive_the_correction_is_undecided(found):
    rows = (seen("clear", 0.001), seen("just", 0.04), seen("wrong_way", 0.03, estimate=-2.17))
    made = dataclasses.replace(found, examined=rows)
    tidy = made.tidy().set_index("term")
    assert tidy["verdict_alone"].tolist() == ["supported", "supported", "refuted"]
    assert tidy["verdict"].tolist() == ["supported", "undecided", "undecided"]
    plain = dataclasses.replace(made, correction="none").tidy()
    assert plain["verdict"].tolist() == ["supported", "supported", "refuted"]
    assert "the correction for many tests leaves it open" in made.report()


def test_a_family_of_its_own_is_not_corrected_for_others(company):
    pair = [hypothesis("a", **TRUST), hypothesis("b", **TRUST, family="second")]
    tidy = kl.assess_hypotheses(pair, company).tidy()
    np.testing.assert_allclose(tidy["p_value"], tidy["p_corrected"])


def test_the_level_widens_the_interval(company):
    one = hypothesis("a", **TRUST)
    wide, narrow = (
        kl.assess_hypotheses(one, company, conf_level=level).tidy().iloc[0] for level in (0.99, 0.5)
    )
    assert wide["conf_low"] < narrow["conf_low"] < narrow["conf_high"] < wide["conf_high"]
    assert wide["p_value"] == narrow["p_value"]


def test_an_equivalence_is_supported_refuted_or_open(company):
    given = {"method": "linear", "model": "share_of_wallet ~ 1", "term": "Intercept"}
    mean = company.accounts["share_of_wallet"].mean()
    ranges = [(mean - 0.1, mean + 0.1), (mean + 0.1, mean + 0.2), (mean - 0.01, mean + 0.01)]
    several = [
        hypothesis(f"h{n}", table="accounts", above=low, below=high, **given)
        for n, (low, high) in enumerate(ranges)
    ]
    tidy = kl.assess_hypotheses(several, company, correction="none").tidy()
    assert tidy["verdict"].tolist() == ["supported", "refuted", "undecided"]


def test_it_gives_no_warnings_of_rows_left_out(company):
    loss = hypothesis("a", **TRUST | {"model": "stayed ~ trust + meeting_last_year"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tidy = kl.assess_hypotheses(loss, company).tidy()
    assert tidy["n_left_out"].item() == 201
    assert "few rows lost" in tidy["assumptions"].item()


def test_what_a_fit_warns_of_is_an_assumption_that_fails(company):
    text = "trust =~ trust_1 + trust_2 + trust_3\ntrust_4 ~ trust\ntrust_4 ~~ -0.5*trust_4"
    odd = hypothesis(
        "odd", method="sem", table="survey", model=text, term="trust_4 ~ trust", above=0
    )
    found = kl.assess_hypotheses(odd, company)
    assert "no alarm from the fit" in found.tidy()["assumptions"].item()
    assert "trust_4" in found.checks()["seen"].iloc[-1]


def test_the_same_seed_gives_the_same_table(company):
    one = hypothesis("a", **TRUST | {"corrected": True})
    first, again, other = (
        kl.assess_hypotheses(one, company, seed=seed).tidy() for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert first["std_error"].item() != other["std_error"].item()


def test_a_library_is_tested_by_its_name(small_company):
    found = kl.assess_hypotheses("literature", small_company)
    assert len(found.tidy()) == len(kl.load_hypotheses("literature"))
    assert found.declaration is not None
    assert found.tidy()["declared"].eq("not_declared").all()


@pytest.fixture
def declared(tmp_path, several):
    def made(day, hypotheses=several[:2], **more):
        path = tmp_path / "declared.toml"
        return kl.declare_hypotheses(hypotheses, path, declared_on=day, **more)

    return made


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2021, 12, 1), "before"),
        (date(2024, 6, 1), "partly"),
        (date(2026, 3, 31), "after"),
    ],
)
def test_a_declaration_counts_by_the_outcomes_that_were_still_unknown(
    declared, company, day, status
):
    made = declared(day)
    found = kl.assess_hypotheses(made.path, company)
    assert found.tidy()["declared"].eq(status).all()
    assert found.changes().empty
    assert str(day) in found.report()


def test_what_is_not_tested_has_no_outcomes_to_be_declared_before(declared, company, several):
    found = kl.assess_hypotheses(declared(date(2021, 12, 1), several[3:]), company)
    assert found.tidy()["declared"].isna().all()


def test_a_hypothesis_that_was_changed_since_is_marked_and_others_are_not(
    declared, company, several
):
    made = declared(date(2021, 12, 1))
    made.path.write_text(
        made.path.read_text(encoding="utf-8").replace("below = 0.0", "below = 0.1"),
        encoding="utf-8",
    )
    found = kl.assess_hypotheses(made.path, company)
    assert found.tidy()["declared"].tolist() == ["before", "changed"]
    assert found.changes()["hypothesis"].tolist() == ["small_company"]


def test_what_was_declared_later_counts_from_then(declared, company, several):
    declared(date(2021, 12, 1))
    later = [several[0], dataclasses.replace(several[1], below=0.1)]
    found = kl.assess_hypotheses(declared(date(2026, 5, 1), later), company)
    assert found.tidy()["declared"].tolist() == ["before", "after"]


def test_a_declaration_has_its_own_correction_and_level(declared, company):
    made = declared(date(2024, 6, 1), correction="bh", conf_level=0.8)
    found = kl.assess_hypotheses(made, company)
    whole = found.glance().iloc[0]
    assert (whole["correction"], whole["conf_level"]) == ("bh", 0.8)
    for wrong in ({"correction": "holm"}, {"conf_level": 0.9}):
        with pytest.raises(kl.ArgumentError, match="leave both out"):
            kl.assess_hypotheses(made, company, **wrong)


def test_only_a_declaration_has_changes(found, language):
    with pytest.raises(kl.NotApplicable, match="declare_hypotheses"):
        found.changes()


def test_all_that_is_wrong_is_said_at_once(several):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.assess_hypotheses([several[0], several[0]], "x", correction="tukey", conf_level=95)
    for word in ("trust_keeps", "str", "'tukey'", "holm, bh, none", "95"):
        assert word in str(caught.value)


@pytest.mark.parametrize("wrong", [[], None, [1], pd.DataFrame(), 3])
def test_there_must_be_hypotheses(wrong, company, language):
    with pytest.raises(kl.ArgumentError, match=r"kl\.Hypothesis"):
        kl.assess_hypotheses(wrong, company)


@pytest.mark.parametrize("wrong", [None, "sample", pd.DataFrame()])
def test_there_must_be_a_company(wrong, several, language):
    with pytest.raises(kl.ArgumentError, match=type(wrong).__name__):
        kl.assess_hypotheses(several, wrong)


@pytest.mark.parametrize("level", [0, 1, -1, 2, math.nan, "high", True])
def test_the_level_is_between_none_and_all(level, several, company):
    with pytest.raises(kl.ArgumentError, match=str(level)):
        kl.assess_hypotheses(several, company, conf_level=level)


def test_a_company_of_nothing_but_names_tests_nothing_and_says_why(company):
    bare = kl.Company(accounts=company.accounts[["account_id", "name"]])
    found = kl.assess_hypotheses("podcast", bare)
    assert found.tidy()["verdict"].eq("not_applicable").all()
    assert found.tidy()["reason"].str.len().gt(10).all()
    assert found.checks().empty
    assert "No hypothesis could be tested" in found.report()
    with pytest.raises(kl.NotApplicable, match="No hypothesis could be tested"):
        found.plot()
