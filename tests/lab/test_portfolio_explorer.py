from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import same
from kamlab.portfolio.declaration.library import load_model
from tests.lab.portfolio_parts import MATRIX, Explorer, table, two_by

SMALL = "kraljic"
COUNT = {"en": ": {}", "ja": "：{}社"}
TWO_AXES = [
    name
    for name in kl.models()["model"]
    if [axis.is_ladder for axis in load_model(name).axes] == [False, False]
]
OTHERS = sorted({*kl.models()["model"]} - {*TWO_AXES})


@pytest.fixture
def explorer(company):
    return Explorer(kl.explore_portfolio(company, MATRIX))


@pytest.mark.parametrize("name", TWO_AXES)
def test_every_model_of_two_scored_axes_can_be_explored(company, name, language):
    explorer = Explorer(kl.explore_portfolio(company, name))
    assert explorer.moved == 0
    counts = kl.classify(company, name).tidy()["n_accounts"]
    model = load_model(name)
    for cell, count in zip(model.cells, counts, strict=True):
        assert f"{cell.label}{COUNT[language].format(count)}" in explorer.alt
    explorer.cuts[0].value = explorer.cuts[0].max
    assert explorer.moved > 0


def test_some_models_have_two_scored_axes_and_some_have_not():
    assert {MATRIX, "bensaou", "four_s"} <= {*TWO_AXES}
    assert {"webster", "millman_wilson_bands", "dwyer"} <= {*OTHERS}


@pytest.mark.parametrize("name", OTHERS)
def test_other_models_are_refused_with_the_reason(company, name, language):
    model = load_model(name)
    scored = sum(not axis.is_ladder for axis in model.axes)
    with pytest.raises(NotApplicable) as caught:
        kl.explore_portfolio(company, name)
    assert str(model.name) in str(caught.value)
    counts = {"en": f"{len(model.axes)}, of which with scores: {scored}", "ja": f"{scored}本です"}
    assert counts[language] in str(caught.value)
    with pytest.raises(NotApplicable):  # before it is said which columns are missing
        kl.explore_portfolio(pd.DataFrame({"account_id": ["A"]}), name)


def test_what_classify_refuses_the_explorer_refuses(tmp_path):
    model = two_by(tmp_path)
    with pytest.raises(NotApplicable, match="x"):
        kl.explore_portfolio(table(a=[1], b=[1]), model)
    with pytest.raises(kl.ArgumentError, match="9"):
        kl.explore_portfolio(table(a=[1], b=[9], x=[4]), model)


def test_a_table_without_accounts_is_refused(tmp_path, language):
    with pytest.raises(NotApplicable, match={"en": "no accounts", "ja": "1社もない"}[language]):
        kl.explore_portfolio(table(a=[1], b=[1], x=[1]).iloc[:0], two_by(tmp_path))


def test_moving_a_weight_changes_sentence_and_picture(company, language):
    explorer = Explorer(kl.explore_portfolio(company, MATRIX))
    before, old = explorer.raw, explorer.alt
    next(iter(explorer.weights.values())).value = 4.0
    column = load_model(MATRIX).axes[0].items[0].column
    own, other = kl.classify(company, MATRIX), kl.classify(company, MATRIX, weights={column: 4})
    assert explorer.moved == (own.placement.cell != other.placement.cell).sum() > 0
    assert explorer.alt != old
    assert explorer.sentence in explorer.alt
    assert explorer.raw.split("alt=")[0] != before.split("alt=")[0]


def test_moving_a_cut_changes_sentence_and_alt_text(company, explorer):
    _, strength = explorer.cuts
    strength.value = 4.5
    other = kl.classify(company, MATRIX, cut={"strength": 4.5})
    assert explorer.moved == other.placement.cell.size - _same(company, other) > 0
    for cell, count in zip(other.model.cells, other.tidy()["n_accounts"], strict=True):
        assert f"{cell.label}: {count}" in explorer.alt


def _same(company, other):
    return int((kl.classify(company, MATRIX).placement.cell == other.placement.cell).sum())


def test_everything_put_back_is_as_at_first(company):
    explorer = Explorer(kl.explore_portfolio(company, SMALL))
    before = explorer.raw
    for slider in (*explorer.weights.values(), *explorer.cuts, *explorer.ratings.values()):
        own, slider.value = slider.value, slider.max
        slider.value = own
    assert explorer.raw == before


def test_choosing_an_account_shows_its_ratings_and_forgets_the_last_ones(company, explorer):
    for slider in explorer.ratings.values():
        slider.value = slider.max
    assert explorer.moved == 1
    caption, row = explorer.account.options[3]
    explorer.account.value = row
    assert explorer.moved == 0
    assert caption in explorer.sentence
    columns = load_model(MATRIX).columns
    shown = [slider.value for slider in explorer.ratings.values()]
    assert shown == company.accounts.loc[row, list(columns)].tolist()


def test_a_rating_moves_its_account(company, explorer):
    row = int((kl.classify(company, MATRIX).placement.scores[:, 0] < 3).argmax())
    explorer.account.value = row
    before = explorer.sentence
    for slider in explorer.ratings.values():
        slider.value = slider.max
    assert explorer.moved == 1
    assert explorer.sentence != before
    assert "Invest for growth" in explorer.sentence


def test_missing_ratings_cannot_be_moved(tmp_path):
    frame = table(a=[6, 2], b=[np.nan, 2], x=[6, 2])
    explorer = Explorer(kl.explore_portfolio(frame, two_by(tmp_path)))
    assert [slider.disabled for slider in explorer.ratings.values()] == [False, True, False]
    assert "high_high" in explorer.sentence  # the missing rating is not taken as a 1
    explorer.account.value = 1
    assert not any(slider.disabled for slider in explorer.ratings.values())


def test_all_weights_zero_is_said_and_mended_by_others(company, language):
    explorer = Explorer(kl.explore_portfolio(company, SMALL))
    for slider in explorer.weights.values():
        slider.value = 0
    said = {"en": "every weight is 0", "ja": "すべての重みが0"}
    assert said[language] in explorer.sentence
    assert explorer.sentence not in explorer.alt
    for slider in explorer.weights.values():
        slider.value = 1
    assert explorer.moved == 0
    assert explorer.sentence in explorer.alt


def test_hostile_names_are_harmless(company, language):
    hostile = '<script>alert("1")</script> & $x$ {0}'
    accounts = company.accounts.assign(name=hostile, name_en=hostile)
    explorer = Explorer(kl.explore_portfolio(accounts, MATRIX))
    assert "<script>" not in explorer.raw
    assert hostile in explorer.sentence
    assert hostile in explorer.alt


def test_hostile_labels_are_drawn_as_they_stand(tmp_path):
    hostile = same("<b> & $x^{$")
    own = two_by(tmp_path)
    model = replace(
        own,
        name=hostile,
        axes=tuple(replace(axis, label=hostile) for axis in own.axes),
        cells=tuple(replace(cell, label=hostile) for cell in own.cells),
    )
    explorer = Explorer(kl.explore_portfolio(table(a=[6, 2], b=[6, 2], x=[6, 2]), model))
    explorer.cuts[0].value = 6.5
    assert "<b>" not in explorer.raw
    assert str(hostile) in explorer.alt


def test_the_tabs_have_names(company, language):
    titles = Explorer(kl.explore_portfolio(company, MATRIX)).titles
    said = {"en": ("Weights", "Cuts", "One account"), "ja": ("重み", "区分点", "顧客1社の評価")}
    assert titles == said[language]


def test_the_dots_are_shown_as_they_stand_in_the_cell(language):
    said = {"en": "in place of the dots", "ja": "「...」の代わりに"}
    assert said[language] in str(kl.check_answer("02-integrated-from-21", ...))
