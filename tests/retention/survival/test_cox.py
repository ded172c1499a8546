import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import (
    ArgumentError,
    ModelError,
    NotApplicable,
    RowsLeftOutWarning,
)
from kamlab.retention.survival.cox import fit_cox
from kamlab.retention.survival.proportionality import TRANSFORMS
from kamlab.retention.survival.risk_sets import risk_sets

CONVERGED = 1e-6  # Newton's method stops at a step of 1e-8 here, at 1e-14 in R
SUMS = 1e-6
FORMULA = "stayed ~ trust + commitment + satisfaction + size"
CASES = {"rows": FORMULA, "tied_spells": "stayed ~ trust + size"}


@pytest.fixture(scope="module")
def fits(r_table, as_periods):
    tables = {name: as_periods(r_table(f"{name}.csv")) for name in CASES}
    return {
        (name, cov): fit_cox(CASES[name], tables[name], cov=cov)
        for name in CASES
        for cov in ("cluster", "classical")
    }


@pytest.mark.parametrize("name", CASES)
def test_estimates_and_errors_are_those_of_coxph_with_efrons_ties(fits, r_values, name):
    fit, plain = fits[name, "cluster"], fits[name, "classical"]
    expected = r_values("cox.csv", f"{name}:efron")
    terms = fit.tidy()["term"].tolist()
    assert terms == expected["estimate"].index.tolist()
    for found, quantity in [
        (fit.tidy()["estimate"], "estimate"),
        (plain.tidy()["std_error"], "se"),
        (fit.tidy()["std_error"], "robust_se"),
    ]:
        np.testing.assert_allclose(found, expected[quantity][terms], rtol=CONVERGED)
    glance = fit.glance().iloc[0]
    for measure in ("loglik", "loglik_null", "concordance"):
        assert glance[measure] == pytest.approx(expected[measure, ""], rel=SUMS)
    assert glance["n_leavers"] == expected["events", ""]
    assert glance["aic"] == pytest.approx(2 * len(terms) - 2 * glance["loglik"])


@pytest.mark.parametrize(
    ("name", "transform"),
    # The tied spells are in whole years, which are not whole days; their ranks are the same.
    [*(("rows", transform) for transform in TRANSFORMS), ("tied_spells", "rank")],
)
def test_the_proportionality_test_is_that_of_cox_zph(fits, r_values, name, transform):
    expected = r_values("cox.csv", f"{name}:efron")[f"zph_{transform}"]
    found = fits[name, "cluster"].proportionality(transform).tidy()
    np.testing.assert_allclose(found["zph_chisq"], expected, rtol=1e-5, atol=1e-9)
    assert found["df"].tolist() == [1] * (len(found) - 1) + [len(found) - 1]


def test_a_row_is_not_at_risk_at_the_moment_of_its_entry(r_table, as_periods, r_values):
    # statsmodels alone counts it; an account's next period would then be at risk when others of
    # the same tenure leave, and with yearly rows that is everywhere.
    import statsmodels.api as sm

    rows = as_periods(r_table("tied_spells.csv"))
    raw = r_table("tied_spells.csv")
    alone = sm.PHReg(
        raw["exit"], raw[["trust", "size"]], status=raw["left"], entry=raw["entry"], ties="efron"
    ).fit(disp=0)
    expected = r_values("cox.csv", "tied_spells:efron")["estimate"]
    assert abs(alone.params - expected.to_numpy()).max() > 0.01
    np.testing.assert_allclose(
        fit_cox(CASES["tied_spells"], rows).tidy()["estimate"], expected, rtol=CONVERGED
    )


def brute_score(entry, leave, event, terms, b):
    """Efron's score, event by event."""
    weight, total = np.exp(terms @ b), np.zeros(terms.shape[1])
    for t in np.unique(leave[event]):
        risk, dead = (entry < t) & (leave >= t), event & (leave == t)
        for step in range(dead.sum()):
            w = weight * (risk - dead * step / dead.sum())
            total -= w @ terms / w.sum()
        total += terms[dead].sum(axis=0)
    return total


def test_sums_over_risk_sets_are_those_of_brute_force_away_from_the_estimates():
    rng = np.random.default_rng(8)
    entry = rng.integers(0, 6, 60).astype(float)
    leave = entry + rng.integers(1, 5, 60)
    event, terms, b = rng.random(60) < 0.4, rng.normal(size=(60, 2)), np.array([0.7, -0.4])
    risk = risk_sets(entry, leave, event, terms, b)
    score = brute_score(entry, leave, event, terms, b)
    np.testing.assert_allclose(risk.score_residuals().sum(axis=0), score, rtol=1e-10)
    np.testing.assert_allclose(risk.schoenfeld()[1].sum(axis=0), score, rtol=1e-10)
    step = 1e-5
    slopes = [
        (brute_score(entry, leave, event, terms, b + step * e)
         - brute_score(entry, leave, event, terms, b - step * e)) / (2 * step)
        for e in np.eye(2)
    ]  # fmt: skip
    np.testing.assert_allclose(risk.information(), -np.array(slopes), rtol=1e-7)


def test_rows_of_an_account_count_as_one_case(table):
    twice = pd.concat([table, table], ignore_index=True)
    once, robust, clustered = (
        fit_cox("stayed ~ trust", rows, cov=cov).tidy()["std_error"].item()
        for rows, cov in ((table, "cluster"), (twice, "robust"), (twice, "cluster"))
    )
    # Doubling makes ties, which move the estimate a little: hence 5 %.
    assert clustered == pytest.approx(once, rel=0.05)
    assert robust < 0.8 * clustered


def test_left_truncated_hazards_are_recovered(histories):
    rng = np.random.default_rng(12)
    accounts, truth = {}, 0.7
    for number in range(6000):
        start, x = rng.uniform(0, 12), rng.normal()
        life = rng.exponential(1 / (0.06 * np.exp(truth * x)))
        if life <= start:
            continue  # had left before anybody looked
        years = min(3, int(np.ceil(life - start)))
        outcomes = [life > start + n + 1 for n in range(years)]
        accounts[str(number)] = (start, outcomes, {"x": x})
    fit = fit_cox("stayed ~ x", histories(accounts)).tidy().iloc[0]
    # Leaving is seen at the end of the year only, which blurs times; 3 standard errors and that.
    assert abs(fit["estimate"] - truth) < 3 * fit["std_error"] + 0.02
    assert fit["std_error"] < 0.06


def test_an_effect_that_fades_is_found(histories):
    rng = np.random.default_rng(4)
    accounts = {}
    for number in range(1500):
        x, outcomes = rng.normal(), []
        for year in range(4):
            outcomes.append(bool(rng.random() > 1 / (1 + np.exp(1.5 - (1.5 - year) * x))))
            if not outcomes[-1]:
                break
        accounts[str(number)] = (float(rng.integers(0, 1)), outcomes, {"x": x})
    check = fit_cox("stayed ~ x", histories(accounts)).proportionality()
    assert check.glance()["p_value"].item() < 1e-6
    assert "doubtful" in check.report()
    effect = check.augment().groupby(check.augment()["time"].round())["effect_x"].mean()
    assert effect.is_monotonic_decreasing


def test_hazard_ratios_intervals_and_relative_hazards_follow(table):
    fit = fit_cox(FORMULA, table, conf_level=0.9)
    tidy = fit.tidy()
    np.testing.assert_allclose(tidy["hazard_ratio"], np.exp(tidy["estimate"]))
    np.testing.assert_allclose(tidy["hazard_ratio_low"], np.exp(tidy["conf_low"]))
    used = fit.design.used.head(5)
    one_more = used.assign(trust=used["trust"] + 1)
    ratio = fit.predict(one_more)["relative_hazard"] / fit.predict(used)["relative_hazard"]
    np.testing.assert_allclose(ratio, tidy.set_index("term").loc["trust", "hazard_ratio"])
    mean = pd.DataFrame([fit.design.terms.mean()])
    np.testing.assert_allclose(fit.predict(mean), 1.0)


def test_present_accounts_are_in_order_of_hazard(table):
    fit = fit_cox("stayed ~ trust", table)
    found = fit.augment()
    assert found["relative_hazard"].is_monotonic_decreasing
    last = table[table["period"] == 2026].set_index("account_id")["trust"]
    assert found["account_id"].iloc[0] in last.index[last == last.min()]
    assert len(found) == 115


def test_rows_order_and_the_clocks_origin_do_not_matter(table):
    expected = fit_cox(FORMULA, table).tidy()
    found = fit_cox(FORMULA, table.sample(frac=1, random_state=2)).tidy()
    pd.testing.assert_frame_equal(found, expected, rtol=1e-8)
    # Four years are a whole number of days.
    moved = fit_cox(FORMULA, table.assign(tenure=table["tenure"] + 4)).tidy()
    pd.testing.assert_frame_equal(moved, expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("formula", "kind", "words"),
    [
        ("stayed ~ trust + tenure", ModelError, "tenure"),
        ("stayed ~ trust:tenure", ModelError, "tenure"),
        ("stayed ~ trust + log(tenure)", ModelError, "tenure"),
        ("stayed ~ 1", ModelError, "survival_curves"),
        ("stayed ~ 0 + trust", ModelError, "0 \\+"),
        ("stayed ~ trust + margin", ModelError, "margin"),
        ("net_margin ~ trust", ModelError, "stayed"),
    ],
)
def test_formulas_that_cannot_be_are_refused_with_words(table, language, formula, kind, words):
    with pytest.raises(kind, match=words):
        fit_cox(formula, table)


def test_a_term_that_separates_is_refused(table, language):
    sure = table.assign(told=~table["stayed"].fillna(True).astype(bool) * 1.0)
    with pytest.raises(ModelError, match="told"):
        fit_cox("stayed ~ told", sure)


def test_nobody_left_unknown_tenure_and_unknown_cov(table, language):
    with pytest.raises(NotApplicable, match="654"):
        fit_cox("stayed ~ trust", table.assign(stayed=table["stayed"].fillna(True) | True))
    with pytest.raises(NotApplicable, match="tenure"):
        fit_cox("stayed ~ trust", table.drop(columns="tenure"))
    with pytest.raises(ArgumentError, match="cluster"):
        fit_cox("stayed ~ trust", table, cov="hc1")
    with pytest.raises(ArgumentError, match="rank"):
        fit_cox("stayed ~ trust", table).proportionality("km")
    with pytest.raises(ArgumentError, match="trust"):
        fit_cox("stayed ~ trust", table).proportionality().plot(term="size")


def test_the_front_door_gives_the_same_regression(table):
    from kamlab.retention.renewal.fit import fit_retention

    found = fit_retention("stayed ~ trust", table, model="cox", cov="robust").tidy()
    pd.testing.assert_frame_equal(found, fit_cox("stayed ~ trust", table, cov="robust").tidy())


def test_rows_without_tenure_are_left_out_and_told(table):
    table.loc[table["account_id"] == "A-001", "tenure"] = np.nan
    with pytest.warns(RowsLeftOutWarning, match="tenure"):
        fit = fit_cox("stayed ~ trust", table)
    assert fit.glance()["n_left_out"].item() == 4
    assert any("tenure is missing" in str(note) for note in fit.notes)


def test_all_leave_at_one_tenure_has_no_proportionality_test(histories):
    rng = np.random.default_rng(1)
    x = rng.normal(size=60)
    accounts = {
        str(n): (1.0, [bool(rng.random() > 0.4)], {"x": value}) for n, value in enumerate(x)
    }
    fit = fit_cox("stayed ~ x", histories(accounts))
    with pytest.raises(NotApplicable, match="same tenure"):
        fit.proportionality()
    assert "same tenure" in fit.report()


def test_there_is_no_probability_to_pass_on(table):
    with pytest.raises(NotApplicable, match="cloglog"):
        fit_cox("stayed ~ trust", table)._refit(None, None)


def test_all_verbs_speak_both_languages(table, language):
    fit = fit_cox("stayed ~ trust + size", table)
    for result in (fit, fit.proportionality()):
        ax = result.plot()
        assert ax.get_title(loc="left")
        assert ax.figure.alt
        assert str(result.summary())
        assert "nan" not in result.report()
        assert len(kl.labelled(result.augment()))
    assert "effect_" not in "".join(kl.labelled(fit.proportionality().augment()).columns)
