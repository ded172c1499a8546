"""What a fit tells of effects and fit, in tables, pictures and sentences."""

import dataclasses
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.language import use_language
from kamlab.foundation.style import DescribedFigure
from tests.sem import fit_cases as cases


def row_of(table, **names):
    for name, wanted in names.items():
        table = table[table[name] == wanted]
    (row,) = table.to_dict("records")
    return row


def test_effects_are_products_and_sums_of_paths():
    fit = cases.fit()
    at = fit.tidy().query("op == '~'").set_index(["lhs", "rhs"])["estimate"]
    found = row_of(fit.effects(), cause="x1", outcome="f2")
    through = at["f1", "x1"] * at["f2", "f1"]
    assert found["direct"] == pytest.approx(at["f2", "x1"])
    assert found["indirect"] == pytest.approx(through)
    assert found["total"] == pytest.approx(through + at["f2", "x1"])
    definition = row_of(fit.tidy(), op=":=")
    assert found["indirect_low"] == pytest.approx(definition["conf_low"])
    assert found["indirect_high"] == pytest.approx(definition["conf_high"])
    ways = fit.indirect_effects("x1", "f2").set_index("way")
    assert ways.index.tolist() == ["x1 → f2", "x1 → f1 → f2"]
    assert ways.loc["x1 → f1 → f2", "estimate"] == pytest.approx(through)
    assert ways.loc["x1 → f1 → f2", "std_error"] == pytest.approx(definition["std_error"])


def test_standardised_effects_are_in_standard_deviations():
    fit = cases.fit()
    std = fit.tidy().query("op == '~'").set_index(["lhs", "rhs"])["std_all"]
    found = row_of(fit.effects(standardised=True), cause="x1", outcome="f2")
    assert found["direct"] == pytest.approx(std["f2", "x1"])
    assert found["indirect"] == pytest.approx(std["f1", "x1"] * std["f2", "f1"])


def test_effects_of_groups_are_numbered():
    fit = cases.fit(cases.MODEL.replace("a*", "").split("; ind")[0], group="group")
    for number in (1, 2):
        path = row_of(fit.tidy(), lhs="f2", op="~", rhs="f1", group=number)
        effect = row_of(fit.effects(), cause="f1", outcome="f2", group=number)
        assert effect["direct"] == pytest.approx(path["estimate"])
        (way,) = fit.indirect_effects("f1", "f2", group=number)["estimate"]
        assert way == pytest.approx(path["estimate"])


def test_a_name_that_is_no_variable_is_answered_by_those_that_are(language):
    with pytest.raises(kl.ArgumentError, match="zz") as caught:
        cases.fit().indirect_effects("x1", "zz")
    assert "f1" in str(caught.value)


def test_a_bootstrap_draws_alike_from_one_seed_and_makes_all_intervals():
    one, again, other = (
        kl.fit_sem(cases.MODEL, cases.complete(), bootstrap=40, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one.tidy(), again.tidy())
    assert (one.tidy()["std_error"] != other.tidy()["std_error"]).any()
    definition = row_of(one.tidy(), op=":=")
    effect = row_of(one.effects(), cause="x1", outcome="f2")
    assert effect["indirect_low"] == pytest.approx(definition["conf_low"])
    percentile = one.bootstrap_intervals("percentile")
    assert row_of(percentile, op=":=")["conf_high"] == pytest.approx(definition["conf_high"])
    own = one.tidy().query("std_error > 0").reset_index(drop=True)
    pd.testing.assert_frame_equal(percentile, own[list(percentile)])
    bca = one.bootstrap_intervals()
    assert len(bca) == one.estimate.structure.n_free + 1
    assert (bca["conf_low"] != percentile["conf_low"]).any()
    with pytest.raises(kl.ArgumentError, match="'bca'"):
        one.bootstrap_intervals("normal")


def test_intervals_of_draws_need_draws(language):
    with pytest.raises(kl.NotApplicable, match="bootstrap=1000"):
        cases.fit().bootstrap_intervals()


def test_freeing_what_has_the_largest_index_lowers_chisquare_about_as_much():
    fit = cases.fit()
    best = fit.modification_indices().iloc[0]
    formula = f"{best['lhs']} {best['op']} {best['rhs']}"
    freed = kl.fit_sem(f"{cases.MODEL}; {formula}", cases.complete())
    fall = fit.glance()["chisq"].item() - freed.glance()["chisq"].item()
    assert best["mi"] == pytest.approx(fall, rel=0.15)
    listed = fit.modification_indices(least=3.0)["mi"]
    assert listed.is_monotonic_decreasing
    assert listed.iloc[-1] >= 3 > fit.modification_indices()["mi"].iloc[len(listed)]


def test_explained_shares_are_one_less_the_standardised_residual():
    fit = cases.fit()
    residual = fit.tidy().query("op == '~~' and lhs == rhs").set_index("lhs")["std_all"]
    shares = fit.r_squared().set_index("outcome")["r_squared"]
    assert set(shares.index) == {*cases.NAMES[:6], "f1", "f2"}
    np.testing.assert_allclose(shares, 1 - residual.loc[shares.index])


def test_residual_correlations_are_observed_less_implied():
    fit = cases.fit()
    implied = fit.implied_moments().to_numpy()
    spread = np.sqrt(np.diag(implied))
    left = cases.complete()[list(fit.table.observed)].corr() - implied / np.outer(spread, spread)
    for row in fit.residual_correlations().itertuples():
        assert row.residual_correlation == pytest.approx(left.loc[row.first, row.second])


@pytest.mark.parametrize("options", [{}, {"group": "group"}, {"estimator": "MLR"}])
def test_a_report_names_the_paths_with_their_interval(options, language):
    fit = cases.fit(cases.MODEL, **options)
    report, glance = fit.report(), fit.glance().iloc[0]
    chisq = glance["chisq_scaled" if "estimator" in options else "chisq"]
    assert f"{chisq:.2f}" in report
    clear, rest = re.split({"en": "includes zero", "ja": "0を含む経路"}[language], report)
    place = 1 if "group" in options else 0
    label = f" [{fit.group_labels[place]}]" if "group" in options else ""
    own = fit.tidy().query(f"op == '~' and group == {place + 1}").set_index(["lhs", "rhs"])
    for outcome, cause in own.index:
        row = own.loc[(outcome, cause)]
        half = rest if row["conf_low"] < 0 < row["conf_high"] else clear
        assert f"{cause} → {outcome}{label} {row['std_all']:.2f}" in half


def test_a_negative_path_is_as_clear_as_a_positive_one():
    table = cases.complete()
    table[["y4", "y5", "y6"]] *= -1
    clear = kl.fit_sem(cases.MODEL, table).report().split("includes zero")[0]
    assert "f1 → f2 -0.79" in clear


def test_a_model_that_fits_any_data_says_so(language):
    report = cases.fit(cases.ONE).report()
    assert {"en": "no degrees of freedom", "ja": "自由度が0"}[language] in report


def test_a_picture_has_the_group_and_numbers_that_are_asked_for(language):
    fit = cases.fit(cases.MODEL.split("; ind")[0].replace("a*", ""), group="group")
    alts = [fit.plot(group=number).figure.alt for number in (1, 2)]
    assert alts[0] != alts[1]
    for number, alt in enumerate(alts, start=1):
        path = row_of(fit.tidy(), lhs="f2", op="~", rhs="f1", group=number)
        assert f"{path['std_all']:.2f}" in alt
        share = row_of(fit.r_squared(), outcome="f2", group=number)["r_squared"]
        words = [one.get_text() for one in fit.plot(group=number).texts]
        assert any(f"{share:.2f}" in one for one in words)
    plain = fit.plot(numbers="estimate", labels={"f1": "Trust & co"}).figure
    assert isinstance(plain, DescribedFigure)
    assert "Trust & co" in plain.alt
    plt.close("all")


def test_fits_are_compared_side_by_side_by_formula():
    both = kl.compare({"ml": cases.fit(), "mlr": cases.fit(estimator="MLR")})
    table = both.tidy().set_index(["result", "term"])
    assert table.loc[("ml", "f2 ~ f1"), "estimate"] == table.loc[("mlr", "f2 ~ f1"), "estimate"]
    assert table.loc[("ml", "f2 ~ f1"), "std_error"] != table.loc[("mlr", "f2 ~ f1"), "std_error"]
    assert ("ml", "indirect := a*b") in table.index
    assert both.glance()["result"].tolist() == ["ml", "mlr"]
    assert both.plot().has_data()
    grouped = cases.fit(cases.ONE, group="group").by_term()
    assert "y1 ~ 1 [2]" in set(grouped["term"])
    assert grouped["term"].is_unique


def test_a_summary_speaks_the_language_in_use_and_a_fit_is_frozen():
    fit, texts = cases.fit(group="group"), []
    for language in ("en", "ja"):
        use_language(language)
        texts.append(str(fit.summary()))
    assert texts[0] != texts[1]
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit.model = "y1 ~ x1"


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_group_that_is_not_there_is_refused(number):
    fit = cases.fit(group="group")
    for ask in (
        lambda: fit.implied_moments(group=number),
        lambda: fit.plot(group=number),
        lambda: fit.indirect_effects("x1", "f2", group=number),
    ):
        with pytest.raises(kl.ArgumentError, match=str(number)):
            ask()


def test_numbers_that_a_picture_cannot_show_are_refused_with_those_it_can(language):
    with pytest.raises(kl.ArgumentError, match="standardised"):
        cases.fit().plot(numbers="z")
