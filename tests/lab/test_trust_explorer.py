import numpy as np
import pytest

import kamlab as kl
from kamlab.foundation.errors import NotApplicable
from kamlab.lab.questions.start_here import STAY, WORTH
from kamlab.lab.trust_explorer import compute_trust, draw_trust, explore_trust
from kamlab.value.prospects import redrawn

ROUNDING_OF_CURVE = 1e-9
"""The curve has a knot at every tenth of a point, so a whole point is met exactly."""


@pytest.fixture(scope="module")
def fits():
    company = kl.sample_company()
    return kl.fit_retention(STAY, company), kl.fit_value(WORTH, company)


@pytest.fixture(scope="module")
def gains(fits):
    return kl.value_of_quality(*fits, raise_by={"trust": 1}).augment()


def test_curve_agrees_with_the_value_of_one_more_point(fits, gains):
    drawn = redrawn(*fits, n_boot=100, seed=0)
    curves = (compute_trust(*fits, account_id, drawn) for account_id in gains["account_id"])
    curve = next(c for c in curves if c.measured == round(c.measured, 1) and c.measured <= 6)
    row = gains[gains["account_id"] == curve.account.split()[0]].iloc[0]
    value_now, value_after = (curve.at(curve.measured + by)[1] for by in (0, 1))
    assert value_now == pytest.approx(row["value_now"], rel=ROUNDING_OF_CURVE)
    assert value_after == pytest.approx(row["value_after"], rel=ROUNDING_OF_CURVE)


def test_bands_hold_the_curves(fits, gains):
    curve = compute_trust(*fits, gains["account_id"].iloc[0])
    assert curve.trust[0] == 1
    assert curve.trust[-1] == 7
    assert (curve.stay_low < curve.stay_probability).all()
    assert (curve.stay_probability < curve.stay_high).all()
    assert (curve.value_low < curve.value).all()
    assert (curve.value < curve.value_high).all()


def test_moving_the_slider_changes_sentence_and_picture(fits):
    _, trust, sentence, picture = explore_trust(*fits).children
    before = sentence.value, picture.value
    trust.value = 2.0
    assert "At 2.0" in sentence.value
    assert (sentence.value, picture.value) != before
    assert sentence.value.removeprefix("<p>").removesuffix("</p>") in picture.value


def test_choosing_an_account_starts_from_its_measured_trust(fits):
    account, trust, sentence, _ = explore_trust(*fits).children
    caption, account_id = account.options[3]
    account.value = account_id
    assert caption in sentence.value
    assert trust.value == pytest.approx(compute_trust(*fits, account_id).measured, abs=0.05)


def test_explorer_speaks_japanese(fits):
    kl.use_language("ja")
    account, trust, sentence, _ = explore_trust(*fits).children
    assert (account.description, trust.description) == ("顧客", "信頼")
    assert "継続確率" in sentence.value


def test_hostile_names_are_harmless(fits):
    stay, worth = fits
    rows = worth.rows.assign(name="<script>", name_en="<script>")
    hostile = kl.fit_value(WORTH, rows, currency="JPY")
    _, _, sentence, picture = explore_trust(stay, hostile).children
    assert "<script>" not in sentence.value + picture.value
    assert "&lt;script&gt;" in sentence.value


def test_figure_marks_the_level_asked_for(fits, gains):
    curve = compute_trust(*fits, gains["account_id"].iloc[0])
    figure = draw_trust(curve, 3.0)
    marks = [ax.lines[-1].get_xydata()[0] for ax in figure.axes]
    probability, value = curve.at(3.0)
    np.testing.assert_allclose(marks, [[3.0, probability], [3.0, value / 1e6]])
    assert figure.alt == str(curve.sentence(3.0))


def test_unknown_account_is_named(fits):
    with pytest.raises(kl.ArgumentError, match="'A-999' is not a present account"):
        compute_trust(*fits, "A-999")


def test_trust_must_be_in_a_regression():
    company = kl.sample_company()
    stay = kl.fit_retention("stayed ~ tenure", company)
    worth = kl.fit_value("log(ltv) ~ size", company)
    with pytest.raises(NotApplicable, match="Put trust into both formulas"):
        explore_trust(stay, worth)
