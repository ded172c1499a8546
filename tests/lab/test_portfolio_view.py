import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Annotation

import kamlab as kl
from kamlab.lab.portfolio_view import Sketch, compute_portfolio, push_apart
from kamlab.portfolio.declaration.library import load_model
from kamlab.portfolio.engine.gather import gather
from tests.lab.portfolio_parts import MATRIX, ROUNDING, table, three_levels, two_by


@pytest.fixture(scope="module")
def matrix():
    return load_model(MATRIX)


@pytest.fixture(scope="module")
def evidence(company, matrix):
    return gather(company, matrix.columns, of=matrix.name)


@pytest.mark.parametrize(
    ("weights", "cuts"),
    [
        ({}, {}),
        ({"attract_growth": 3.0}, {}),
        ({"attract_growth": 0.0, "strength_price": 4.5}, {}),
        ({}, {"strength": (4.5,)}),
        ({"strength_price": 2.0}, {"attractiveness": (3.1,), "strength": (7.0,)}),
    ],
)
def test_accounts_stand_where_classify_puts_them(company, matrix, evidence, weights, cuts):
    view = compute_portfolio(matrix, evidence, weights=weights, cuts=cuts)
    there = kl.classify(company, MATRIX, weights=weights, cut=cuts).placement
    here = view.placement
    np.testing.assert_array_equal(here.cell, there.cell)
    np.testing.assert_allclose(here.scores, there.scores, rtol=ROUNDING)
    np.testing.assert_allclose(np.ravel(here.cuts), np.ravel(there.cuts), rtol=ROUNDING)
    before = kl.classify(company, MATRIX).cells()
    after = kl.classify(company, MATRIX, weights=weights, cut=cuts).cells()
    differs = [_name(one) != _name(other) for one, other in zip(before, after, strict=True)]
    assert view.moved.tolist() == differs
    assert any(differs) == bool(weights or cuts)


def _name(cell):
    return cell and cell.name


def test_other_ratings_of_one_account_are_as_if_its_table_had_them(company, matrix, evidence):
    ratings = {f"attract_{name}": 7.0 for name in ("growth", "profit", "budget", "prestige")}
    view = compute_portfolio(matrix, evidence, chosen=3, ratings=ratings)
    accounts = company.accounts
    accounts.loc[3, list(ratings)] = 7.0
    there = kl.classify(accounts, MATRIX)
    np.testing.assert_array_equal(view.placement.cell, there.placement.cell)
    np.testing.assert_allclose(view.placement.scores, there.placement.scores, rtol=ROUNDING)
    assert np.flatnonzero(view.moved).tolist() == [3]
    assert there.cells()[3].label.en in view.sentence.en


def test_what_is_reckoned_with_stays_as_it_is(company, matrix, evidence):
    values, accounts = evidence.values, company.accounts
    compute_portfolio(matrix, evidence, chosen=0, ratings={"attract_growth": 7.0})
    pd.testing.assert_frame_equal(evidence.values, values)
    pd.testing.assert_frame_equal(company.accounts, accounts)
    assert not compute_portfolio(matrix, evidence).moved.any()


def test_an_account_without_a_rating_has_no_cell(tmp_path, language):
    model = two_by(tmp_path)
    frame = table(a=[6, np.nan], b=[6, np.nan], x=[6, 6])
    view = compute_portfolio(model, gather(frame, model.columns, of=model.name), chosen=1)
    assert view.counts.sum() == 1
    assert {"en": "no cell", "ja": "セルなし"}[language] in str(view.sentence)


def test_neighbours_make_way_for_a_cut():
    assert push_apart((2.0, 4.0, 6.0), 1, 0.5) == (2.0, 4.0, 6.0)
    assert push_apart((2.0, 6.0, 6.0), 1, 0.5) == (2.0, 6.0, 6.5)
    assert push_apart((2.0, 1.0, 6.0), 1, 0.5) == (0.5, 1.0, 6.0)
    assert push_apart((7.0, 4.0, 6.0), 0, 0.5) == (7.0, 7.5, 8.0)


def test_names_of_cells_do_not_cover_each_other(tmp_path, language):
    frame, model = three_levels(tmp_path)
    sketch = Sketch(model)
    sketch.html(compute_portfolio(model, gather(frame, model.columns, of=model.name)))
    renderer = sketch.figure.canvas.get_renderer()
    written = [text for text in sketch.ax.texts if isinstance(text, Annotation)]
    boxes = [text.get_window_extent(renderer) for text in written]
    assert len(boxes) == 6
    assert not [1 for n, box in enumerate(boxes) if box.count_overlaps(boxes[:n])]
