"""The smallest change that moves an account, against every change that there is."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.portfolio.model_texts import make_model

nan = np.nan


def changed(frame, account, moves):
    """Return the table with an account's changes made."""
    assert moves["column"].is_unique
    after = frame.set_index("account_id").astype(float)
    for move in moves.itertuples():
        assert after.loc[account, move.column] == pytest.approx(move.now, nan_ok=True)
        after.loc[account, move.column] = move.after
    return after.reset_index()


def cell_after(frame, model, account, moves):
    return cells_of(changed(frame, account, moves), model)[account]


def cells_of(frame, model):
    board = kl.classify(frame, model)
    names = [cell and cell.name for cell in board.cells()]
    return dict(zip(board.accounts["account_id"], names, strict=True))


def points(moves):
    return moves["difference"].abs().sum()


def cheapest(frame, model, account, scale, columns):
    """Return the fewest points to each cell, over all whole ratings of an account at once.

    Every set of ratings is an account of its own, so this holds where cuts are fixed.
    """
    now = frame.set_index("account_id").loc[account, columns].to_numpy(dtype=float)
    known = ~np.isnan(now)
    choices = [range(scale[0], scale[1] + 1) if there else [nan] for there in known]
    every = np.array(list(product(*choices)), dtype=float)
    table = pd.DataFrame(every, columns=columns).assign(account_id=range(len(every)))
    cells = np.array([cell and cell.name for cell in kl.classify(table, model).cells()])
    costs = np.nansum(np.abs(every - now), axis=1)
    return {cell: costs[cells == cell].min() for cell in set(cells)}


# Two or three items an axis; the ratings of eight accounts are drawn anew for each.
SCORED = {
    "equal weights": ({"a": ["x", "y"], "b": ["z", "w"]}, {}),
    "unequal weights": (
        {"a": [{"column": "x", "weight": 3}, "y"], "b": ["z", {"column": "w", "weight": 1.5}]},
        {},
    ),
    "three items": ({"a": [{"column": "x", "weight": 5}, {"column": "y", "weight": 2}, "z"]}, {}),
    "reversed": ({"a": ["x", {"column": "y", "reverse": True, "weight": 2}], "b": ["z"]}, {}),
    "a weight of zero": ({"a": ["x", {"column": "y", "weight": 0}], "b": ["z", "w"]}, {}),
    "three levels": (
        {
            "a": {"items": ["x", "y"], "levels": ["low", "mid", "high"], "cut": [2, 3.5]},
            "b": ["z"],
        },
        {},
    ),
    "merged cells": (
        {
            "a": {"items": ["x", "y"], "levels": ["low", "mid", "high"], "cut": [2, 3]},
            "b": ["z", {"column": "w", "weight": 2}],
        },
        {
            "cells": {
                "corner": {"a": "low", "b": "low"},
                "edge": {"a": ["mid", "high"], "b": "low"},
                "ends": {"a": ["low", "high"], "b": "high"},
                "middle": {"a": "mid", "b": "high"},
            }
        },
    ),
    "cut on whole scores": (
        {"a": {"items": ["x", "y"], "cut": 3}, "b": {"items": ["z"], "cut": 2}},
        {},
    ),
}


@pytest.mark.parametrize("case", SCORED)
def test_no_change_of_fewer_points_arrives(case, tmp_path):
    axes, more = SCORED[case]
    scale = (1, 4)
    model = make_model(tmp_path, axes, scale=scale, **more)
    columns = list(model.columns)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(1, 5, (8, len(columns))), columns=columns).astype(float)
    frame.loc[0, columns[0]] = nan
    frame["account_id"] = list("ABCDEFGH")
    board = kl.classify(frame, model)
    tried = 0
    for account in frame["account_id"][board.placement.scored]:
        needed = cheapest(frame, model, account, scale, columns)
        for cell in (own.name for own in model.cells):
            if cell not in needed:
                with pytest.raises(kl.NotApplicable, match=account):
                    board.what_would_move(account, cell)
                continue
            moves = board.what_would_move(account, cell)
            assert points(moves) == pytest.approx(needed[cell]), (account, cell)
            assert cell_after(frame, model, account, moves) == cell
            assert moves["after"].between(*scale).all()
            tried += len(moves) > 0
    assert tried > 5


def test_the_table_says_what_to_change_from_where_to_where(tmp_path):
    model = make_model(tmp_path, {"a": [{"column": "x", "weight": 3}, "y"], "b": ["z"]})
    frame = pd.DataFrame({"account_id": ["A"], "x": [2.0], "y": [2.0], "z": [5.0]})
    found = kl.classify(frame, model).what_would_move("A", "high_low")
    expected = pd.DataFrame(
        {
            "axis": ["a", "b"],
            "column": ["x", "z"],
            "item": ["x", "z"],
            "now": [2.0, 5.0],
            "after": [5.0, 3.0],
            "difference": [3.0, -2.0],
        }
    )
    pd.testing.assert_frame_equal(found, expected)


def test_an_account_that_is_there_already_needs_nothing(tmp_path):
    model = make_model(tmp_path, {"a": ["x"]})
    board = kl.classify(pd.DataFrame({"account_id": ["A"], "x": [2.0]}), model)
    found = board.what_would_move("A", "low")
    assert len(found) == 0
    assert found.columns.tolist() == ["axis", "column", "item", "now", "after", "difference"]


def test_means_of_several_raters_need_whole_points_more_or_all_that_is_left(tmp_path):
    """2.5 on 1 to 7: up by 2 to 4.5, for a mean changes by what all raters change."""
    model = make_model(tmp_path, {"a": ["x"], "b": ["y"]})
    frame = pd.DataFrame({"account_id": ["A", "A"], "x": [2.0, 3.0], "y": [6.0, 6.0]})
    found = kl.classify(frame, model).what_would_move("A", "high_high")
    assert found["after"].tolist() == [4.5]
    near = make_model(tmp_path, {"a": {"items": ["x"], "cut": 7}})
    top = kl.classify(frame.assign(x=[6.0, 7.0]), near).what_would_move("A", "high")
    assert top["after"].tolist() == [7.0]


@pytest.mark.parametrize(
    ("item", "fact", "target", "expected"),
    [
        ({"range": [0, 60]}, 12.0, "high", 30.0),
        ({"range": [0, 60]}, -50.0, "high", 30.0),
        ({"range": [60, 0]}, 50.0, "high", 30.0),
        ({"range": [0, 60], "reverse": True}, 50.0, "high", 30.0),
        ({"range": [0, 60]}, 45.0, "low", 30.0),
        ({"range": [0, 60]}, 99.0, "low", 30.0),
        ({"range": [60, 0], "reverse": True}, 45.0, "low", 30.0),
    ],
)
def test_facts_change_as_far_as_the_border_and_no_further(item, fact, target, expected, tmp_path):
    model = make_model(tmp_path, {"a": [{"column": "x", **item}]})
    frame = pd.DataFrame({"account_id": ["A"], "x": [fact]})
    moves = kl.classify(frame, model).what_would_move("A", target)
    assert moves["after"].tolist() == pytest.approx([expected])
    assert cell_after(frame, model, "A", moves) == target


@pytest.mark.parametrize("reverse", [False, True])
def test_ranks_change_to_the_nearest_value_of_the_accounts_that_arrives(reverse, tmp_path):
    item = {"column": "x", "rank": True, "reverse": reverse}
    model = make_model(tmp_path, {"a": [item]})
    rng = np.random.default_rng(0)
    tried = 0
    for n in (4, 5, 9):
        values = rng.integers(0, 8, n).astype(float)
        frame = pd.DataFrame({"account_id": [f"A{k}" for k in range(n)], "x": values})
        board = kl.classify(frame, model)
        for account, now in zip(frame["account_id"], values, strict=True):
            for cell in ("low", "high"):
                arriving = []
                for value in np.unique(values):
                    other = frame.assign(x=frame["x"].mask(frame["account_id"] == account, value))
                    if cells_of(other, model)[account] == cell:
                        arriving.append(abs(value - now))
                if not arriving:
                    continue
                moves = board.what_would_move(account, cell)
                assert points(moves) == pytest.approx(min(arriving)), (n, account, cell)
                assert cell_after(frame, model, account, moves) == cell
                tried += len(moves)
    assert tried > 5


def test_where_all_facts_are_alike_a_lower_one_still_moves_the_account(tmp_path):
    model = make_model(tmp_path, {"a": [{"column": "x", "rank": True}]})
    frame = pd.DataFrame({"account_id": list("ABCD"), "x": 5.0})
    moves = kl.classify(frame, model).what_would_move("B", "low")
    assert cell_after(frame, model, "B", moves) == "low"


def test_a_rating_beside_a_fact_really_arrives(tmp_path):
    items = [{"column": "x", "weight": 3}, {"column": "f", "weight": 2, "range": [0, 6]}, "y"]
    model = make_model(tmp_path, {"a": items})
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "account_id": [f"A{k}" for k in range(12)],
            "x": rng.integers(1, 8, 12).astype(float),
            "f": rng.uniform(0, 6, 12),
            "y": rng.integers(1, 8, 12).astype(float),
        }
    )
    board = kl.classify(frame, model)
    for account in frame["account_id"]:
        for cell in ("low", "high"):
            moves = board.what_would_move(account, cell)
            assert cell_after(frame, model, account, moves) == cell


# Ladders.


def facts_that_arrive(model, values):
    """Return, for each cell, the fewest facts that differ, over all facts on a grid."""
    columns = list(model.columns)
    every = pd.DataFrame(list(product(*values.values())), columns=columns).astype(float)
    every["account_id"] = range(len(every))
    cells = [cell and cell.name for cell in kl.classify(every, model).cells()]
    return every.drop(columns="account_id"), np.array(cells, dtype=object)


def rule(level, *needs):
    return {"level": level, "needs": [{"column": c, test: value} for c, test, value in needs]}


LADDERS = {
    "one fact that rises": (
        [
            rule("one", ("x", "at_least", 1)),
            rule("two", ("x", "at_least", 2)),
            rule("four", ("x", "at_least", 4)),
        ],
        {"x": range(6)},
    ),
    "bands of one fact": (
        [
            rule("few", ("x", "below", 2)),
            rule("some", ("x", "at_least", 2), ("x", "at_most", 3)),
            rule("many", ("x", "at_least", 4)),
        ],
        {"x": range(6)},
    ),
    "yes and no": (
        [
            rule("low", ("x", "is", False)),
            rule("mid", ("y", "is", True)),
            rule("high", ("x", "is", True), ("z", "is", True)),
        ],
        {"x": range(2), "y": range(2), "z": range(2)},
    ),
    "one fact on two higher levels": (
        [
            rule("low", ("y", "is", True)),
            rule("five", ("x", "at_least", 3)),
            rule("ten", ("x", "at_least", 5)),
        ],
        {"y": range(2), "x": range(7)},
    ),
    "levels that need two facts": (
        [
            rule("low", ("x", "at_least", 1)),
            rule("mid", ("x", "at_least", 2), ("y", "is", True)),
            rule("high", ("y", "is", True), ("z", "is", True)),
        ],
        {"x": range(4), "y": range(2), "z": range(2)},
    ),
}


@pytest.mark.parametrize("case", LADDERS)
def test_every_stage_that_facts_can_reach_is_reached_with_the_fewest_facts(case, tmp_path):
    rules, values = LADDERS[case]
    model = make_model(tmp_path, {"stage": {"rules": rules}})
    every, cells = facts_that_arrive(model, values)
    frame = every.assign(account_id=[f"A{k}" for k in range(len(every))])
    board = kl.classify(frame, model)
    lost, many = [], []
    for row, account in enumerate(frame["account_id"]):
        if cells[row] is None:
            continue
        for cell in (own.name for own in model.cells):
            fewest = (every[cells == cell] != every.iloc[row]).sum(axis=1).min()
            try:
                moves = board.what_would_move(account, cell)
            except kl.NotApplicable:
                lost.append((dict(every.iloc[row]), cells[row], cell))
                continue
            assert cell_after(frame, model, account, moves) == cell
            if len(moves) != fewest:
                many.append((dict(every.iloc[row]), cells[row], cell, len(moves)))
    assert not lost
    assert not many


def test_facts_that_nobody_knows_are_named_to_be_made_true(tmp_path):
    rules = [rule("low", ("x", "at_least", 1)), rule("high", ("y", "is", True))]
    model = make_model(tmp_path, {"stage": {"rules": rules}})
    frame = pd.DataFrame({"account_id": ["A"], "x": [1.0], "y": [nan]})
    moves = kl.classify(frame, model).what_would_move("A", "high")
    assert moves[["column", "after"]].to_numpy().tolist() == [["y", 1.0]]
    assert np.isnan(moves["now"].item())


@pytest.mark.parametrize("cell", ["transaction", "repeated_transactions", "vertical_integration"])
def test_websters_stages_can_be_gone_up_and_down(company, cell):
    board = kl.classify(company, "webster")
    frame = board.evidence.values.assign(account_id=board.accounts["account_id"])
    for account in board.augment().groupby("cell")["account_id"].first():
        moves = board.what_would_move(account, cell)
        assert cell_after(frame, board.model, account, moves) == cell


def test_a_cell_that_two_ladders_cannot_both_reach_is_not_claimed(tmp_path):
    """a-high needs x of 5 or more, and b is low only while x is below 3: nobody is in both."""
    axes = {
        "a": {"rules": [rule("low", ("y", "is", True)), rule("high", ("x", "at_least", 5))]},
        "b": {"rules": [rule("low", ("z", "is", True)), rule("high", ("x", "at_least", 3))]},
    }
    cells = {
        "ll": {"a": "low", "b": "low"},
        "lh": {"a": "low", "b": "high"},
        "hh": {"a": "high", "b": "high"},
        "hl": {"a": "high", "b": "low"},
    }
    model = make_model(tmp_path, axes, cells=cells)
    frame = pd.DataFrame({"account_id": ["A"], "x": [6.0], "y": [0.0], "z": [1.0]})
    with pytest.raises(kl.NotApplicable):
        kl.classify(frame, model).what_would_move("A", "hl")


def test_one_rating_on_two_axes_is_changed_once(tmp_path):
    model = make_model(tmp_path, {"a": ["x", "y"], "b": ["x"]})
    frame = pd.DataFrame({"account_id": ["A"], "x": [3.0], "y": [2.0]})
    needed = cheapest(frame, model, "A", (1, 7), ["x", "y"])
    moves = kl.classify(frame, model).what_would_move("A", "high_high")
    assert moves["column"].is_unique
    assert points(moves) == needed["high_high"]
    assert cell_after(frame, model, "A", moves) == "high_high"


# A median moves with the account.


@pytest.mark.parametrize("values", [[2, 3, 5], [1, 2, 3, 4, 5], [2, 2, 4, 6], [1, 5, 6, 7]])
def test_under_a_median_cut_the_account_arrives_at_the_cut_it_has_then(values, tmp_path):
    model = make_model(tmp_path, {"a": ["x"]}, cut="median")
    accounts = [f"A{k}" for k in range(len(values))]
    frame = pd.DataFrame({"account_id": accounts, "x": np.array(values, dtype=float)})
    board = kl.classify(frame, model)
    for row, account in enumerate(accounts):
        for cell in ("low", "high"):
            arriving = []
            for value in range(1, 8):
                other = frame.assign(x=frame["x"].mask(frame["account_id"] == account, value))
                if cells_of(other, model)[account] == cell:
                    arriving.append(abs(value - values[row]))
            if arriving:
                moves = board.what_would_move(account, cell)
                assert cell_after(frame, model, account, moves) == cell
                assert points(moves) == min(arriving), (account, cell)
            else:
                with pytest.raises(kl.NotApplicable):
                    board.what_would_move(account, cell)


# What is refused.


@pytest.fixture
def board(tmp_path):
    model = make_model(tmp_path, {"a": ["x", "y"], "b": ["z"]})
    frame = pd.DataFrame(
        {"account_id": ["A-001", "A-002"], "x": [1.0, nan], "y": [nan, nan], "z": [7.0, 1.0]}
    )
    return kl.classify(frame, model)


def test_an_unknown_cell_is_told_the_nearest_and_all(board, language):
    with pytest.raises(kl.ArgumentError) as caught:
        board.what_would_move("A-001", "hihg_low")
    message = str(caught.value)
    for cell in board.model.cells:
        assert cell.name in message
    assert message.count("high_low") == 2


def test_an_unknown_account_is_told_the_nearest(board, language):
    with pytest.raises(kl.ArgumentError, match="A-001"):
        board.what_would_move("A-01", "high_low")


def test_an_account_without_a_cell_cannot_be_moved(board, language):
    with pytest.raises(kl.NotApplicable, match="A-002"):
        board.what_would_move("A-002", "high_low")


def test_what_is_not_rated_is_left_alone(board):
    moves = board.what_would_move("A-001", "high_high")
    assert moves["column"].tolist() == ["x"]


def test_a_cell_that_no_value_reaches_does_not_apply(tmp_path, language):
    """The rank of an account alone is the middle, whatever its fact: it is always high."""
    model = make_model(tmp_path, {"a": [{"column": "x", "rank": True}]})
    board = kl.classify(pd.DataFrame({"account_id": ["A-001"], "x": [5.0]}), model)
    with pytest.raises(kl.NotApplicable, match="A-001"):
        board.what_would_move("A-001", "low")


def test_asking_changes_nothing(board):
    before = board.evidence.values.copy(deep=True)
    expected = board.augment()
    board.what_would_move("A-001", "high_low")
    pd.testing.assert_frame_equal(board.evidence.values, before)
    pd.testing.assert_frame_equal(board.augment(), expected)


@pytest.mark.parametrize("model", kl.models()["model"])
def test_every_move_within_every_shipped_model_arrives(company, model):
    board = kl.classify(company, model)
    frame = board.evidence.values.assign(account_id=board.accounts["account_id"])
    accounts = board.accounts["account_id"][board.placement.scored]
    for account in accounts.iloc[::60]:
        for cell in (own.name for own in board.model.cells):
            try:
                moves = board.what_would_move(account, cell)
            except kl.NotApplicable:
                continue
            assert cell_after(frame, board.model, account, moves) == cell
