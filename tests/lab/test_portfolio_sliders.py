import numpy as np
import pytest

import kamlab as kl
from tests.lab.portfolio_parts import MATRIX, ROUNDING, Explorer, table, three_levels, two_by
from tests.portfolio.model_texts import make_model


@pytest.fixture
def explorer(company):
    return Explorer(kl.explore_portfolio(company, MATRIX))


def test_a_cut_stays_on_the_scale(company, explorer):
    for cut in explorer.cuts:
        for asked in (-5, 1, 7, 99):
            cut.value = asked
            assert 1 < cut.value <= 7
            assert explorer.sentence.startswith("Accounts that have changed cell")
            own = {"attractiveness": explorer.cuts[0].value, "strength": explorer.cuts[1].value}
            there = kl.classify(company, MATRIX, cut=own).placement.cell
            base = kl.classify(company, MATRIX).placement.cell
            assert explorer.moved == (there != base).sum()


def test_cuts_cannot_cross(tmp_path):
    frame, model = three_levels(tmp_path)
    explorer = Explorer(kl.explore_portfolio(frame, model))
    low, high, _ = explorer.cuts
    for slider, asked in ((low, 99), (high, -99), (low, 5.5), (high, 2)):
        slider.value = asked
        assert 1 < low.value < high.value <= 7
        assert slider.value == pytest.approx(np.clip(asked, slider.min, slider.max))
        own = {"pull": (low.value, high.value)}
        there = kl.classify(frame, model, cut=own).placement.cell
        assert explorer.moved == (there != kl.classify(frame, model).placement.cell).sum()


def test_cuts_of_one_axis_are_told_apart(tmp_path, language):
    explorer = Explorer(kl.explore_portfolio(*three_levels(tmp_path)))
    said = {
        "en": ["pull: fair from", "pull: strong from", "reach"],
        "ja": ["日本語のpull：fairの下限", "日本語のpull：strongの下限", "日本語のreach"],
    }
    assert [slider.description for slider in explorer.cuts] == said[language]


def test_a_model_may_have_cuts_finer_than_a_step(tmp_path):
    pull = {"items": ["a"], "levels": ["l", "m", "h"], "cut": [1.01, 1.02]}
    model = make_model(tmp_path, {"pull": pull, "reach": ["x"]})
    explorer = Explorer(kl.explore_portfolio(table(a=[1, 4], x=[1, 4]), model))
    assert [cut.value for cut in explorer.cuts] == [1.01, 1.02, 4]
    assert explorer.moved == 0
    explorer.cuts[0].value = 7
    assert explorer.cuts[0].value < explorer.cuts[1].value <= 7
    assert explorer.moved == 1


def test_a_median_follows_the_weights_until_it_is_moved(tmp_path):
    model = make_model(tmp_path, {"pull": ["a", "b"], "reach": ["x"]}, cut="median")
    frame = table(a=[1, 2, 3, 4, 5], b=[7, 1, 7, 1, 7], x=[1, 2, 3, 4, 5])
    explorer = Explorer(kl.explore_portfolio(frame, model))
    pull = explorer.cuts[0]
    assert pull.value == kl.classify(frame, model).placement.cuts[0][0] == 4
    _, weight, _ = explorer.weights.values()
    weight.value = 0
    assert pull.value == kl.classify(frame, model, weights={"b": 0}).placement.cuts[0][0] == 3
    pull.value = 2
    weight.value = 1
    assert pull.value == 2


def test_a_median_at_the_bottom_or_of_nobody_moves_nobody(tmp_path):
    model = make_model(tmp_path, {"pull": ["a"], "reach": ["x"]}, cut="median")
    explorer = Explorer(kl.explore_portfolio(table(a=[1, 1], x=[np.nan, np.nan]), model))
    assert explorer.moved == 0
    assert all(1 < cut.value <= 7 for cut in explorer.cuts)


def test_a_column_of_no_weight_has_no_slider(tmp_path):
    model = two_by(tmp_path, pull=["a", {"column": "b", "weight": 0}])
    explorer = Explorer(kl.explore_portfolio(table(a=[2, 6], x=[2, 6]), model))
    assert (len(explorer.weights), len(explorer.ratings)) == (2, 2)


def test_a_column_may_weigh_differently_on_both_axes(tmp_path):
    pull, reach = (["a", {"column": "b", "weight": weight}] for weight in (1, 4))
    model = two_by(tmp_path, pull=pull, reach=reach)
    frame = table(a=[1, 7, 4], b=[6, 2, 4])
    explorer = Explorer(kl.explore_portfolio(frame, model))
    assert explorer.moved == 0


@pytest.mark.parametrize("weight", [0.02, 0.25, 1, 2.5, 7, 40])
def test_every_weight_can_be_doubled_in_steps_that_are_neither_few_nor_many(tmp_path, weight):
    items = [{"column": "a", "weight": weight}]
    model = make_model(tmp_path, {"pull": items, "reach": [{"column": "x", "weight": weight}]})
    explorer = Explorer(kl.explore_portfolio(table(a=[2, 6], x=[2, 6]), model))
    for slider in explorer.weights.values():
        assert slider.value == weight
        assert slider.max >= 2 * weight
        assert 20 <= slider.max / slider.step <= 200
        assert float(f"{slider.step:{slider.readout_format}}") == slider.step


@pytest.mark.parametrize("scale", [(1, 7), (0, 10), (1, 5), (0, 100)])
def test_every_whole_rating_can_be_reached(tmp_path, scale):
    low, high = scale
    model = make_model(tmp_path, {"pull": ["a"], "reach": ["x"]}, scale=scale)
    explorer = Explorer(kl.explore_portfolio(table(a=scale, x=scale), model))
    for slider in explorer.ratings.values():
        asked = np.arange(low, high + 1, 1 if high < 100 else 5)
        steps = (asked - slider.min) / slider.step
        np.testing.assert_allclose(steps, np.round(steps), atol=ROUNDING)
    assert (slider.min, slider.max) == scale
