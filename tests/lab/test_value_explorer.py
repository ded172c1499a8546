import numpy as np
import pytest

import kamlab as kl
from kamlab.foundation.style import DescribedFigure
from kamlab.lab.value_explorer import (
    compute_value,
    draw_lifetime_value,
    explore_lifetime_value,
    has_room,
)


def parts(**how):
    retention, discount, step, sentence, picture, convention = explore_lifetime_value(
        **how
    ).children
    return retention, discount, step, sentence, picture, convention


def test_the_curve_is_lifetime_value_at_every_rate():
    curve = compute_value(200, 0.08, horizon=12, first_margin="now")
    assert (curve.retention_rate[0], curve.retention_rate[-1]) == (0.30, 0.99)
    expected = kl.lifetime_value(200, curve.retention_rate, 0.08, horizon=12, first_margin="now")
    np.testing.assert_array_equal(curve.value, expected)
    assert float(curve.at(0.8)) == pytest.approx(
        float(kl.lifetime_value(200, 0.8, 0.08, horizon=12, first_margin="now"))
    )


def test_gains_are_relative_and_stop_where_there_is_no_room():
    curve = compute_value(1, 0.1, first_margin="now")
    gains = curve.gains(0.05)
    assert len(gains) == 65  # from 30 to 94 %
    place = np.flatnonzero(np.isclose(curve.retention_rate, 0.85)).item()
    assert gains[place] == pytest.approx(0.25)


def test_there_is_room_up_to_the_end_of_the_slider():
    assert has_room(0.94, 0.05)
    assert has_room(0.89, 0.10)
    assert not has_room(0.95, 0.05)
    assert has_room(np.array([0.9, 0.98]), 0.05).tolist() == [True, False]


def test_the_first_sentence_has_the_numbers_of_the_formula():
    *_, sentence, _, _ = parts(margin=100, currency="EUR")
    # 100 x .80 / .30 and 100 x .85 / .25
    for part in ("80%", "10%", "267 EUR", "5 points more", "73.3 EUR", "+27.5%"):
        assert part in sentence.value


@pytest.mark.parametrize(
    ("slider", "value", "expected"),
    [(0, 0.85, "+32.4%"), (1, 0.20, "200 EUR"), (2, 0.10, "10 points more")],
)
def test_moving_a_slider_changes_sentence_and_picture(slider, value, expected):
    *sliders, sentence, picture, _ = parts(margin=100, currency="EUR")
    before = sentence.value, picture.value
    sliders[slider].value = value
    assert expected in sentence.value
    assert sentence.value != before[0]
    assert picture.value != before[1]
    assert sentence.value.removeprefix("<p>").removesuffix("</p>") in picture.value


def test_every_end_of_the_sliders_has_a_finite_picture():
    *sliders, sentence, picture, _ = parts()
    for ends in np.ndindex(2, 2, 2):
        for slider, end in zip(sliders, ends, strict=True):
            slider.value = (slider.min, slider.max)[end]
        assert "nan" not in sentence.value + picture.value[-600:]
        assert "inf" not in sentence.value


def test_no_room_for_the_step_is_said(language):
    retention, _, _, sentence, _, _ = parts()
    retention.value = 0.97
    assert {"en": "no room", "ja": "余地がありません"}[language] in sentence.value


def test_the_explorer_speaks_japanese():
    kl.use_language("ja")
    retention, discount, _, sentence, _, convention = parts()
    assert (retention.description, discount.description) == ("継続率", "割引率")
    assert "267万円" in sentence.value
    assert "1期後" in convention.value


def test_the_figure_marks_the_rate_asked_for_and_the_step():
    curve = compute_value(100, 0.1, currency="EUR")
    figure = draw_lifetime_value(curve, 0.7, step=0.1)
    assert isinstance(figure, DescribedFigure)
    left, right = figure.axes
    np.testing.assert_allclose(left.lines[-1].get_xydata(), [[0.7, float(curve.at(0.7))]])
    np.testing.assert_allclose(left.lines[-2].get_xydata(), [[0.8, float(curve.at(0.8))]])
    gain = float(curve.at(0.8) / curve.at(0.7)) - 1
    np.testing.assert_allclose(right.lines[-1].get_xydata(), [[0.7, gain]])
    assert figure.alt == str(curve.sentence(0.7, 0.1))


def test_a_figure_without_room_for_the_step_has_one_mark_only():
    left, right = draw_lifetime_value(compute_value(100, 0.1), 0.97).axes
    assert (len(left.lines), len(right.lines)) == (2, 2)


def test_hostile_currencies_are_harmless():
    *_, sentence, picture, _ = parts(currency="<script>")
    assert "<script>" not in sentence.value + picture.value


@pytest.mark.parametrize(
    "wrong", [{"margin": 0}, {"margin": -5}, {"margin": "1"}, {"margin": np.nan}, {"horizon": 0}]
)
def test_what_has_no_value_cannot_be_explored(wrong, language):
    with pytest.raises(kl.ArgumentError, match="margin"):
        explore_lifetime_value(**wrong)


def test_other_arguments_are_checked_as_for_lifetime_value():
    with pytest.raises(kl.ArgumentError, match="later"):
        explore_lifetime_value(first_margin="later")
