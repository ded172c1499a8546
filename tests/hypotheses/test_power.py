"""Power by simulation: against a closed form, against tests one by one, and in words."""

import math
import re
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.foundation.language import Text, use_language
from kamlab.hypotheses import power_trials
from kamlab.hypotheses.evidence import Evidence
from kamlab.hypotheses.methods.registry import evidence
from kamlab.hypotheses.power_sentences import of_size
from kamlab.hypotheses.power_trials import Study
from kamlab.hypotheses.tables import Tables

ERRORS = 3.5  # Monte-Carlo standard errors; the seeds are fixed
STATEMENT = Text("Customers who trust us stay.", "信頼してくれる顧客は離れない。")
NO_WORDS = Text("", "")


def hypothesis(**other):
    usual = {
        "name": "trust_keeps",
        "statement": STATEMENT,
        "model": "stayed ~ trust + tenure",
        "term": "trust",
        "above": 0,
    }
    return kl.Hypothesis(**(usual | other))


def wallet(above, below=None):
    """Claim something about the mean share of wallet, of which everything is known."""
    return kl.Hypothesis(
        name="wallet",
        statement="Customers give us their wallet.",
        method="linear",
        table="accounts",
        model="share_of_wallet ~ 1",
        term="Intercept",
        above=above,
        below=below,
    )


@pytest.fixture(scope="module")
def found():
    return kl.power(hypothesis(), n=(80, 40), n_sim=20, seed=4)


def seen(estimate, std_error=1.0, df=math.inf):
    return Evidence(
        effect=NO_WORDS,
        estimate=estimate,
        std_error=std_error,
        df=df,
        effect_size=0.0,
        effect_size_is=NO_WORDS,
        n_used=9,
        n_accounts=9,
        n_lost=0,
        lost=NO_WORDS,
    )


MEAN, SPREAD = 0.5, 0.2
"""Of the share of wallet where a test needs closed forms."""


def normal_company(n_accounts, seed):
    """Return only what a test of one mean needs, from a normal distribution."""
    ids = [f"A-{number}" for number in range(n_accounts)]
    wallet = np.random.default_rng(seed).normal(MEAN, SPREAD, n_accounts)
    accounts = pd.DataFrame({"account_id": ids, "share_of_wallet": wallet})
    return SimpleNamespace(accounts=accounts)


def accounts_alone(company):
    none = kl.NotApplicable(NO_WORDS)
    return Tables(periods=none, accounts=company.accounts, survey=none, error=none, last_day=None)


def mean_wallet(hypothesis, tables, *, seed=0):
    """Return a mean and its standard error, a thousand times faster than least squares."""
    wallet = tables.accounts["share_of_wallet"]
    return seen(wallet.mean(), wallet.sem(), df=len(wallet) - 1)


def power_of_mean(*ends, **options):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(power_trials, "simulate_company", normal_company)
        patch.setattr(Tables, "of", accounts_alone)
        patch.setattr(power_trials, "evidence", mean_wallet)
        return kl.power(wallet(*ends), **options)


def expected_power(above, size):
    """Return the power of a t-test of one mean, two-sided at 5 %, on the upper side."""
    distance = (MEAN - above) / (SPREAD / math.sqrt(size))
    return stats.nct.sf(stats.t.ppf(0.975, size - 1), size - 1, distance)


@pytest.fixture(scope="module")
def against_t():
    above = MEAN - 0.4 * SPREAD
    return above, power_of_mean(above, n=(20, 45), n_sim=500, seed=11)


@pytest.mark.parametrize("size", [20, 45])
def test_power_is_that_of_the_noncentral_t(against_t, size):
    above, found = against_t
    expected = expected_power(above, size)
    row = found.tidy().set_index("n_accounts").loc[size]
    assert 0.3 < expected < 0.9
    assert abs(row["power"] - expected) < ERRORS * math.sqrt(expected * (1 - expected) / 500)
    assert row["std_error"] == pytest.approx(SPREAD / math.sqrt(size), rel=0.02)


def test_the_true_effect_is_that_of_the_populations(against_t):
    glance = against_t[1].glance().iloc[0]
    assert abs(glance["true_effect"] - MEAN) < ERRORS * glance["true_effect_error"]
    assert glance["true_effect_error"] == pytest.approx(
        SPREAD / math.sqrt(2 * 250 * 45), rel=0.03
    )  # 22,500 accounts are two populations


def test_the_number_needed_has_the_power_that_was_wanted(against_t):
    above, found = against_t
    assert expected_power(above, found.n_needed) == pytest.approx(0.8, abs=0.03)
    assert expected_power(above, found.n_needed_low) < 0.8
    assert expected_power(above, found.n_needed_high) > 0.8


def test_estimates_that_support_exaggerate_as_a_truncated_normal_does(against_t):
    above, found = against_t
    error = SPREAD / math.sqrt(20)
    beyond = (above + stats.t.ppf(0.975, 19) * error - MEAN) / error
    expected = (MEAN + error * stats.norm.pdf(beyond) / stats.norm.sf(beyond)) / MEAN
    row = found.tidy().set_index("n_accounts").loc[20]
    assert row["exaggeration"] - 1 == pytest.approx(expected - 1, rel=0.15)
    assert row["wrong_share"] == 0


def test_a_false_claim_is_refuted_and_that_is_right():
    found = power_of_mean(MEAN + 0.5 * SPREAD, n=60, n_sim=100)
    row = found.tidy().iloc[0]
    assert found.is_true is False
    assert row["power"] == 0
    assert row["share_refuted"] > 0.9
    assert row["wrong_share"] == 0


def test_support_of_a_false_claim_is_wrong():
    found = power_of_mean(MEAN + 0.06 * SPREAD, n=20, n_sim=600)
    row = found.tidy().iloc[0]
    refuted = row["share_refuted"]
    assert found.is_true is False
    assert 0 < row["power"] < 0.05 < refuted + row["power"]
    assert row["wrong_share"] == pytest.approx(row["power"] / (row["power"] + refuted))


def test_at_the_end_of_the_range_no_verdict_is_called_wrong():
    found = power_of_mean(MEAN, n=60, n_sim=400)
    row = found.tidy().iloc[0]
    assert found.is_true is None
    assert math.isnan(row["wrong_share"])
    assert row["power"] == pytest.approx(0.025, abs=ERRORS * math.sqrt(0.025 * 0.975 / 400))
    assert any("an end of the range" in str(note) for note in found.notes)


def test_an_equivalence_gets_its_power_from_both_ends():
    reach = 0.4 * SPREAD
    found = power_of_mean(MEAN - reach, MEAN + reach, n=(40, 80), n_sim=500)
    rng = np.random.default_rng(1)
    for row in found.tidy().to_dict("records"):
        size = row["n_accounts"]
        many = rng.normal(MEAN, SPREAD, (20_000, size))
        half = stats.t.ppf(0.975, size - 1) * many.std(axis=1, ddof=1) / math.sqrt(size)
        expected = np.mean(abs(many.mean(axis=1) - MEAN) + half < reach)
        allowed = ERRORS * math.sqrt(expected * (1 - expected) / 500) + 1 / 500
        assert abs(row["power"] - expected) < allowed
    assert 0.05 < found.tidy()["power"].min() < 0.95


def test_the_smaller_company_is_the_first_part_of_the_larger(found):
    seed = int(np.random.SeedSequence(4).generate_state(1)[0])
    company = kl.simulate_company(20 * 80, seed)
    tables, ids = Tables.of(company), company.accounts["account_id"]
    rows = found.augment().set_index(["sample", "n_accounts"])
    for sample, size in [(1, 40), (1, 80), (7, 40)]:
        first = 80 * (sample - 1)
        own = evidence(hypothesis(), tables.only(pd.Index(ids[first : first + size])))
        row = rows.loc[(sample, size)]
        assert row["estimate"] == pytest.approx(own.estimate, rel=1e-9)
        assert row["verdict"] == own.verdict(0, math.inf, 0.95)


def test_tables_of_results_are_shares_of_all_companies(found):
    trials = found.augment()
    assert len(trials) == 40
    for row in found.tidy().to_dict("records"):
        own = trials[trials["n_accounts"] == row["n_accounts"]]
        assert row["power"] == (own["verdict"] == "supported").sum() / 20
        assert row["power_low"] < row["power"] < row["power_high"]
        assert row["estimate"] == own["estimate"].mean()


def test_the_same_seed_gives_the_same_power(found):
    again = kl.power(hypothesis(), n=[40, 80, 40], n_sim=20, seed=np.int64(4))
    pd.testing.assert_frame_equal(again.augment(), found.augment())
    pd.testing.assert_frame_equal(again.glance(), found.glance())
    one, other = (power_of_mean(0.4, n=20, n_sim=20, seed=seed) for seed in (4, 5))
    assert not other.augment()["estimate"].equals(one.augment()["estimate"])


def test_many_small_populations_serve_as_well_as_a_large_one(monkeypatch):
    monkeypatch.setattr(power_trials, "AT_ONCE", 300)
    found = power_of_mean(0.4, n=(20, 50), n_sim=20)
    trials = found.augment()
    assert trials.groupby("n_accounts")["sample"].nunique().tolist() == [20, 20]
    assert not trials["estimate"].duplicated().any()
    assert trials["sample"].tolist() == sorted(trials["sample"])
    assert found.true_effect_error == pytest.approx(SPREAD / math.sqrt(2 * 5 * 50), rel=0.1)


def test_no_population_is_larger_than_it_must_be(monkeypatch):
    made, company_of = [], normal_company

    def counted(n_accounts, seed, **truth):
        made.append((n_accounts, seed))
        return company_of(n_accounts, seed)

    monkeypatch.setitem(globals(), "normal_company", counted)
    power_of_mean(0.4, n=(20, 7000), n_sim=21)
    assert [size for size, _ in made] == [7000] * 21
    assert len({seed for _, seed in made}) == 21


def test_other_truths_are_simulated():
    strong = {"retention": {"trust": 1.2, "commitment": 0.0, "satisfaction": 0.0}}
    found = kl.power(hypothesis(), n=200, n_sim=20, truth=strong)
    none = {"retention": dict.fromkeys(("trust", "commitment", "satisfaction"), 0.0)}
    nothing = kl.power(hypothesis(), n=200, n_sim=20, truth=none)
    assert found.true_effect > 0.8
    assert nothing.is_true is None
    assert found.tidy()["power"].item() > 0.9 > 0.3 > nothing.tidy()["power"].item()
    assert "retention trust = 1.2" in found.report()
    assert "usual true effects" not in found.report()


def test_tests_that_fail_count_as_no_support():
    found = kl.power(hypothesis(model="stayed ~ trust + C(industry)"), n=(12, 60), n_sim=20)
    row = found.tidy().iloc[0]
    trials = found.augment().query("n_accounts == 12")
    failed = trials["verdict"] == "not_applicable"
    assert row["share_not_applicable"] == failed.mean() > 0.5
    assert trials.loc[failed, "estimate"].isna().all()
    assert trials.loc[failed, "reason"].str.len().gt(10).all()
    assert (trials.loc[~failed, "reason"] == "").all()
    assert str(found.notes[-1]).startswith(
        str((found.augment()["verdict"] == "not_applicable").sum())
    )
    english = trials["reason"].tolist()
    use_language("ja")
    assert found.augment().query("n_accounts == 12")["reason"].tolist() != english


def study(**other):
    usual = {"hypothesis": hypothesis(), "sizes": (40,), "n_sim": 20, "n_tests": 1}
    return Study(**(usual | {"conf_level": 0.95, "truth": {}, "seed": 0} | other))


@pytest.mark.parametrize(
    ("estimate", "n_tests", "verdict"),
    [
        (1.95, 1, "undecided"),
        (1.97, 1, "supported"),
        (-1.97, 1, "refuted"),
        (1.97, 2, "undecided"),
        (2.23, 2, "undecided"),
        (2.25, 2, "supported"),
        (-2.25, 2, "refuted"),
    ],
)  # normal quantiles: 1.960 at 0.05, 2.241 at 0.025
def test_a_verdict_needs_more_where_more_is_tested(estimate, n_tests, verdict):
    assert study(n_tests=n_tests).verdict(seen(estimate)) == verdict


def test_more_tests_cost_power(found):
    many = kl.power(hypothesis(), n=(40, 80), n_sim=20, seed=4, n_tests=20)
    pd.testing.assert_series_equal(many.augment()["estimate"], found.augment()["estimate"])
    assert many.tidy()["power"].sum() < found.tidy()["power"].sum()
    assert "0.0025" in many.report()


def test_with_one_size_there_is_no_number_needed():
    found = power_of_mean(0.4, n=30, n_sim=20)
    assert found.glance()[["n_needed", "n_needed_low", "n_needed_high"]].isna().all(axis=None)
    assert "no curve" in found.report()
    assert len(found.plot().lines) == 2


@pytest.mark.parametrize(
    ("below_mean", "words"),
    [
        (2.0, "smallest number simulated"),
        (0.02, "not reached with 160 accounts"),
        (0.35, "more than were simulated"),
        (0.60, "takes about"),
    ],
)
def test_the_report_says_how_many_accounts_are_needed(below_mean, words):
    above = MEAN - below_mean * SPREAD
    found = power_of_mean(above, n=(20, 40), n_sim=300)
    needed = found.glance()["n_needed"].item()
    assert words in found.report()
    assert math.isnan(needed) == ("not reached" in words)
    if needed > 20:
        assert expected_power(above, needed) == pytest.approx(0.8, abs=0.06)


def test_the_words_of_a_size(language):
    row = {
        "n_accounts": 1200,
        "power": 0.614,
        "power_low": 0.5,
        "power_high": 0.7,
        "exaggeration": 2.04,
        "wrong_share": 0.031,
    }
    numbers = re.findall(r"\d[\d,.]*%?", str(of_size(row)))
    assert numbers == ["1,200", "61%", "50%", "70%", "2.0", "3%"]
    bare = str(of_size(row | {"exaggeration": math.nan, "wrong_share": math.nan}))
    assert re.findall(r"\d[\d,.]*%?", bare) == ["1,200", "61%", "50%", "70%"]


def test_the_claim_and_the_truth_are_reported(found, language):
    report = found.report()
    assert str(STATEMENT) in report
    assert f"{found.true_effect:.3g}" in report


def test_the_picture_shows_shares_curve_and_target(found, language):
    ax = found.plot()
    assert {"en": "simulated", "ja": "模擬"}[language] in ax.get_title(loc="left")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert len(labels) == 3
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), found.tidy()["power"])
    assert ax.lines[2].get_ydata()[0] == 0.8
    assert str(STATEMENT) in ax.figure.alt


def test_two_powers_stand_side_by_side(found):
    both = kl.compare({"one": found, "twenty": found})
    assert both.tidy()["term"].tolist() == ["n = 40", "n = 80"] * 2


def test_what_cannot_be_measured_has_no_power(language):
    why = Text("No table has it.", "どの表にもありません。")
    vague = kl.Hypothesis(name="vague", statement=STATEMENT, not_measurable=why)
    with pytest.raises(kl.NotApplicable) as caught:
        kl.power(vague)
    assert str(caught.value) == str(why)


def test_what_simulated_companies_do_not_have_is_said(language):
    with pytest.raises(kl.NotApplicable, match="horoscope") as caught:
        kl.power(hypothesis(model="stayed ~ horoscope", term="horoscope"), n=20, n_sim=20)
    assert "trust_keeps" in str(caught.value)


def test_everything_wrong_is_said_at_once(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.power(
            "trust keeps", n=(9, 60.5), n_sim=19, n_tests=0, target=1, conf_level="high", seed=-1,
            truth={"retention": {"trsut": 1}},
        )  # fmt: skip
    message = str(caught.value)
    for piece in ("str", "[9, 60.5]", "n_sim", "19", "n_tests", "target", "conf_level", "'high'"):
        assert piece in message
    assert "seed" in message
    assert "'trsut'" in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": ()},
        {"n": 100_001},
        {"n": True},
        {"n": "60"},
        {"n_sim": 50.0},
        {"truth": {"margin": {}}},
        {"truth": 0.3},
        {"truth": {"retention": 0.3}},
    ],
)
def test_wrong_arguments_are_refused(wrong, language):
    with pytest.raises(kl.ArgumentError):
        kl.power(hypothesis(), **wrong)


@pytest.mark.parametrize("progress", [True, False])
def test_progress_is_told_unless_it_is_not_wanted(monkeypatch, progress):
    told = []

    def watched(work, percent):
        told.append(str(work))
        return nullcontext()

    monkeypatch.setattr(power_trials, "watched", watched)
    power_of_mean(0.4, n=20, n_sim=20, progress=progress)
    assert told == (["Testing in simulated companies"] if progress else [])
