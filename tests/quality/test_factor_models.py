"""Factor analysis of the constructs, on answers whose moments are known exactly."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl

ROUNDING = 1e-6  # of a fit that ends in double precision, through ratios of its estimates

NAMES = ["trust", "commitment", "satisfaction", "cooperation"]
LOADINGS = {
    "trust": [0.9, 0.8, 0.7, 0.6],
    "commitment": [0.8, 0.8, 0.7, 0.7],
    "satisfaction": [0.8, 0.7, 0.6],
    "cooperation": [0.8, 0.6, 0.7],
}
# One quality may be above the first three, not above all four: there the products of opposite
# correlations would be the same.
PHI = np.array([[1, 0.6, 0.4, 0.2], [0.6, 1, 0.5, 0.3], [0.4, 0.5, 1, 0.6], [0.2, 0.3, 0.6, 1]])


def survey_of(phi, names, scales=None, n=300):
    """One respondent an account, with answers of exactly these covariances (divisor n)."""
    items = [f"{name}_{j + 1}" for name in names for j in range(len(LOADINGS[name]))]
    own = np.concatenate([LOADINGS[name] for name in names])
    construct = np.repeat(np.arange(len(names)), [len(LOADINGS[name]) for name in names])
    sigma = np.outer(own, own) * np.asarray(phi)[np.ix_(construct, construct)]
    np.fill_diagonal(sigma, 1.0)
    scale = np.ones(len(items)) if scales is None else scales
    x = np.random.default_rng(0).normal(size=(n, len(items)))
    x -= x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x / n)).T
    answers = 4 + x @ np.linalg.cholesky(sigma).T * scale
    fixed = pd.DataFrame(
        {
            "account_id": [f"A{i}" for i in range(n)],
            "respondent_id": [f"R{i}" for i in range(n)],
            "wave": 1,
            "answered_on": pd.Timestamp("2025-01-01"),
        }
    )
    return pd.concat([fixed, pd.DataFrame(answers, columns=items)], axis=1)


def measured(k=3, phi=PHI, **more):
    names = NAMES[:k]
    return kl.measure_quality(survey_of(np.asarray(phi)[:k, :k], names, **more), names)


@pytest.fixture(scope="module")
def quality():
    return measured()


def test_reliability_follows_from_the_true_loadings(quality):
    tidy = quality.tidy().set_index("term")
    for name in NAMES[:3]:
        own = np.array(LOADINGS[name])
        common = own.sum() ** 2
        expected = common / (common + (1 - own**2).sum())
        found = tidy.loc[name]
        assert found["composite_reliability"] == pytest.approx(expected, abs=ROUNDING)
        assert found["omega"] == pytest.approx(expected, abs=ROUNDING)
        assert found["average_variance_extracted"] == pytest.approx((own**2).mean(), abs=ROUNDING)
        assert found["omega"] > found["alpha"]  # loadings differ


def test_omega_is_of_the_items_as_answered_and_composite_reliability_of_standardised_ones():
    scales = np.linspace(0.5, 2, 11)
    found = measured(scales=scales).tidy().iloc[0]
    own = np.array(LOADINGS["trust"])
    raw, errors = own * scales[:4], (1 - own**2) * scales[:4] ** 2
    expected = raw.sum() ** 2 / (raw.sum() ** 2 + errors.sum())
    assert found["omega"] == pytest.approx(expected, abs=ROUNDING)
    standard = own.sum() ** 2 / (own.sum() ** 2 + (1 - own**2).sum())
    assert found["composite_reliability"] == pytest.approx(standard, abs=ROUNDING)


def test_omega_and_alpha_agree_where_loadings_are_equal(monkeypatch):
    monkeypatch.setitem(LOADINGS, "trust", [0.7] * 4)
    found = measured().tidy().iloc[0]
    assert found["omega"] == pytest.approx(found["alpha"], abs=ROUNDING)


def test_items_load_as_they_do(quality):
    expected = np.concatenate([LOADINGS[name] for name in NAMES[:3]])
    np.testing.assert_allclose(quality.items()["loading"], expected, atol=ROUNDING)


def test_a_model_that_holds_exactly_fits_exactly(quality):
    whole = quality.glance()
    assert whole["chisq"].item() == pytest.approx(0, abs=ROUNDING)
    assert whole["df"].item() == 11 * 12 // 2 - 11 - 11 - 3
    assert whole["cfi"].item() == pytest.approx(1)
    assert whole["srmr"].item() == pytest.approx(0, abs=ROUNDING)


def test_fornell_and_larcker_set_correlation_against_variance_extracted(quality):
    table = quality.fornell_larcker()
    extracted = {name: np.mean(np.square(LOADINGS[name])) for name in NAMES}
    for row in table.to_dict("records"):
        pair = [row["construct"], row["other_construct"]]
        phi = PHI[NAMES.index(pair[0]), NAMES.index(pair[1])]
        smaller = min(extracted[name] for name in pair)
        assert row["factor_correlation"] == pytest.approx(phi, abs=ROUNDING)
        assert row["shared_variance"] == pytest.approx(phi**2, abs=ROUNDING)
        assert row["smaller_variance_extracted"] == pytest.approx(smaller, abs=ROUNDING)
        assert row["distinct"] == (smaller > phi**2)
    assert table["distinct"].all()


def test_constructs_that_share_too_much_are_not_distinct():
    close = PHI[:3, :3].copy()
    close[0, 1] = close[1, 0] = 0.85
    found = measured(phi=close).fornell_larcker()["distinct"].tolist()
    assert found == [False, True, True]


def test_an_overall_quality_cannot_be_told_from_three_constructs(quality):
    table = quality.structures().set_index("structure")
    assert table.loc["constructs", "structure_verdict"] == "reference"
    above = table.loc["second_order"]
    assert above["structure_verdict"] == "equivalent"
    assert above["df_diff"] == 0
    assert above["chisq_diff"] == pytest.approx(0, abs=ROUNDING)
    assert np.isnan(above["p_difference"])


def test_an_overall_quality_above_three_explains_their_correlations(quality):
    """With three, the loadings solve the three correlations: l1² = r12 r13 / r23 and so on."""
    fit = quality.second_order().tidy()
    own = fit[(fit["op"] == "=~") & (fit["lhs"] == "relationship_quality")]
    r12, r13, r23 = PHI[0, 1], PHI[0, 2], PHI[1, 2]
    expected = [r12 * r13 / r23, r12 * r23 / r13, r13 * r23 / r12]
    np.testing.assert_allclose(np.square(own["std_all"]), expected, atol=ROUNDING)


def test_three_constructs_that_would_need_a_negative_variance_are_matched_with_a_warning():
    """Squared loadings of 0.42, 1.17 and 0.21: no overall quality, and yet the same fit."""
    phi = np.array([[1, 0.7, 0.3], [0.7, 1, 0.5], [0.3, 0.5, 1]])
    quality = measured(phi=phi)
    with pytest.warns(kl.KamlabWarning, match="commitment"):
        table = quality.structures()
    assert table.set_index("structure").loc["second_order", "structure_verdict"] == "equivalent"


def test_a_factor_analysis_with_a_negative_variance_says_so_in_the_notes(monkeypatch, language):
    monkeypatch.setitem(LOADINGS, "satisfaction", [1.05, 0.7, 0.6])
    with pytest.warns(kl.KamlabWarning, match="satisfaction_1"):
        tidy = (quality := measured()).tidy()
    assert tidy["average_variance_extracted"].notna().all()
    assert any("satisfaction_1" in str(note) for note in quality.notes)


def test_four_constructs_can_refute_an_overall_quality():
    above = measured(4).structures().set_index("structure").loc["second_order"]
    assert above["df_diff"] == 2
    assert above["structure_verdict"] == "worse"
    assert above["p_difference"] < 1e-6


def test_four_constructs_can_bear_an_overall_quality():
    own = np.array([0.8, 0.7, 0.6, 0.9])
    phi = np.outer(own, own)
    np.fill_diagonal(phi, 1)
    above = measured(4, phi).structures().set_index("structure").loc["second_order"]
    assert above["df_diff"] == 2
    assert above["structure_verdict"] == "not_worse"
    assert above["p_difference"] > 0.99


def test_one_factor_in_place_of_the_constructs_is_refuted(quality):
    one = quality.structures().set_index("structure").loc["one_factor"]
    assert one["df_diff"] == 3
    assert one["structure_verdict"] == "worse"
    common = quality.common_method().iloc[0]
    assert common["chisq"] == one["chisq"]
    assert common["chisq_diff"] == one["chisq_diff"]
    assert common["structure_verdict"] == "worse"


def test_two_constructs_have_no_overall_quality_but_one_factor(language):
    quality = measured(2)
    assert quality.structures()["structure"].tolist() == ["constructs", "one_factor"]
    with pytest.raises(kl.NotApplicable):
        quality.second_order()


def test_one_construct_has_a_factor_but_nothing_beside_it():
    tidy = measured(1).tidy()
    own = np.array(LOADINGS["trust"])
    assert tidy["average_variance_extracted"].item() == pytest.approx((own**2).mean(), abs=ROUNDING)
    row = measured(1).common_method()
    assert row["first_component_share"].notna().item()
    assert row["chisq"].isna().item()


def test_two_items_alone_do_not_identify_a_factor(language):
    survey = survey_of(PHI[:1, :1], ["trust"]).drop(columns=["trust_3", "trust_4"])
    quality = kl.measure_quality(survey, ["trust"])
    assert np.isnan(quality.tidy()["omega"].item())
    assert quality.tidy()["alpha"].notna().item()
    with pytest.raises(kl.NotApplicable):
        _ = quality.cfa


def test_the_level_of_the_intervals_is_the_one_asked_for(company):
    wide, narrow = (
        kl.measure_quality(company.survey, conf_level=level).cfa.tidy() for level in (0.95, 0.8)
    )
    free = wide["std_error"] > 0
    assert (narrow.loc[free, "conf_low"] > wide.loc[free, "conf_low"]).all()


def test_the_sample_company_has_three_constructs_and_says_so(company, language):
    quality = kl.measure_quality(company.survey)
    assert quality.fornell_larcker()["distinct"].all()
    assert (quality.htmt()["conf_high"] < 0.85).all()
    shown = kl.labelled(quality.structures())
    words = {"en": "cannot|no data can tell", "ja": "区別できない"}[language]
    assert shown.iloc[1].astype(str).str.contains(words).any()
    report = quality.report()
    assert f"{quality.tidy()['omega'][0]:.2f}" in report


def test_recovery_from_normal_answers():
    """Omega of samples lies round the truth, with the spread that samples of 300 have."""
    rng = np.random.default_rng(5)
    names, replications = NAMES[:3], 40
    template = survey_of(PHI[:3, :3], names)
    items = [c for c in template if c.rpartition("_")[0] in names]
    sigma = np.cov(template[items].to_numpy(), rowvar=False, bias=True)
    truth = measured().tidy()["omega"].to_numpy()
    found = []
    for _ in range(replications):
        template[items] = rng.multivariate_normal(np.zeros(len(items)), sigma, len(template))
        found.append(kl.measure_quality(template, names).tidy()["omega"].to_numpy())
    error = np.std(found, axis=0) / np.sqrt(replications)
    # 4 standard errors, and the bias of order 1/n of a ratio.
    np.testing.assert_array_less(np.abs(np.mean(found, axis=0) - truth), 4 * error + 0.002)
