"""Ladders: the highest level all of whose conditions hold."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.portfolio.declaration.model import Condition, Rule
from kamlab.portfolio.engine.ladder import TESTS, climb, holds
from tests.portfolio.model_texts import make_model

nan = np.nan
BY_HAND = {
    "at_least": lambda fact, value: fact >= value,
    "at_most": lambda fact, value: fact <= value,
    "below": lambda fact, value: fact < value,
    "is": lambda fact, value: fact == value,
}


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ("at_least", 2, [False, True, True, False]),
        ("at_most", 2, [True, True, False, False]),
        ("below", 2, [True, False, False, False]),
        ("is", 2, [False, True, False, False]),
    ],
)
def test_conditions_at_their_number_and_beside_it(test, value, expected):
    facts = np.array([1.99, 2.0, 2.01, nan])
    assert holds(Condition("x", test, value), facts).tolist() == expected


def test_every_test_is_tested():
    assert set(TESTS) == set(BY_HAND)


@pytest.mark.parametrize("seed", range(10))
def test_the_level_is_the_highest_whose_conditions_all_hold(seed):
    rng = np.random.default_rng(seed)
    facts = {name: rng.integers(0, 4, 80).astype(float) for name in "xyz"}
    for column in facts.values():
        column[rng.random(80) < 0.2] = nan
    rules = tuple(
        Rule(
            f"level_{number}",
            tuple(
                Condition(rng.choice(list("xyz")), rng.choice(list(BY_HAND)), rng.integers(0, 4))
                for _ in range(rng.integers(1, 4))
            ),
        )
        for number in range(4)
    )
    levels, known = climb(rules, facts)
    needs = [need for rule in rules for need in rule.needs]
    for row in range(80):
        met = [
            all(BY_HAND[n.test](facts[n.column][row], n.value) for n in rule.needs)
            for rule in rules
        ]
        assert levels[row] == max([number for number in range(4) if met[number]], default=-1)
        there = [not np.isnan(facts[n.column][row]) for n in needs]
        assert known[row] == pytest.approx(sum(there) / len(needs))
    assert len(set(levels)) > 1


STAGES = [
    {"level": "new", "needs": [{"column": "orders", "at_most": 1}]},
    {"level": "known", "needs": [{"column": "orders", "at_least": 2}]},
    {
        "level": "bound",
        "needs": [{"column": "contract", "is": True}, {"column": "late", "below": 0.1}],
    },
]
ROWS = {
    # orders, has a contract, share of late payments, level, share of conditions known
    "nothing yet": (0, False, 0.0, "new", 1.0),
    "one": (1, False, 0.0, "new", 1.0),
    "two": (2, False, 0.0, "known", 1.0),
    "contract": (0, True, 0.09, "bound", 1.0),
    "pays late": (5, True, 0.1, "known", 1.0),
    "late unknown": (5, True, nan, "known", 0.75),
    "contract unknown": (5, nan, 0.0, "known", 0.75),
    "orders unknown": (nan, True, 0.0, "bound", 0.5),
    "orders and contract unknown": (nan, nan, 0.0, None, 0.25),
    "nothing known": (nan, nan, nan, None, 0.0),
}


def ladder_table():
    frame = pd.DataFrame.from_dict(ROWS, orient="index").iloc[:, :3]
    frame.columns = ["orders", "contract", "late"]
    frame["contract"] = frame["contract"].astype("boolean")
    frame["orders"] = frame["orders"].astype(float)
    return frame.rename_axis("account_id").reset_index()


def test_stages_from_the_file_to_the_cell(tmp_path, language):
    board = kl.classify(ladder_table(), make_model(tmp_path, {"stage": {"rules": STAGES}}))
    found = board.augment().set_index("account_id")
    assert {name: row[3] for name, row in ROWS.items()} == found["cell"].replace(
        {np.nan: None}
    ).to_dict()
    np.testing.assert_allclose(found["share_rated"], [row[4] for row in ROWS.values()])
    assert found["distance"].isna().all()
    assert not found["near_border"].any()
    assert found[["flips_weights", "flips_ratings", "flips_respondents"]].isna().all(axis=None)
    with pytest.raises(kl.NotApplicable, match="nothing known"):
        board.explain("nothing known")
    assert "2" in " ".join(str(note) for note in board.notes)


def test_the_score_on_a_ladder_counts_levels_from_the_lowest(tmp_path):
    board = kl.classify(ladder_table(), make_model(tmp_path, {"stage": {"rules": STAGES}}))
    scores = board.augment()["score_stage"]
    steps = {"new": 0, "known": 1, "bound": 2, None: nan}
    np.testing.assert_array_equal(scores, [steps[row[3]] for row in ROWS.values()])


def test_a_ladder_beside_a_scored_axis(tmp_path, language):
    rules = [
        {"level": "running", "needs": [{"column": "ending", "is": False}]},
        {"level": "over", "needs": [{"column": "ending", "is": True}]},
    ]
    cells = {
        "weak": {"end": "running", "strength": "low"},
        "strong": {"end": "running", "strength": "high"},
        "gone": {"end": "over"},
    }
    model = make_model(tmp_path, {"strength": ["x"], "end": {"rules": rules}}, cells=cells)
    frame = pd.DataFrame({"account_id": list("ABCD"), "x": [2.0, 4.5, 2.0, nan]})
    board = kl.classify(frame.assign(ending=[False, False, True, True]), model)
    found = board.augment()
    assert found["cell"].tolist()[:3] == ["weak", "strong", "gone"]
    np.testing.assert_allclose(found["distance"], [2, 0.5, nan, nan])
    assert "2" in board.explain("A")
    assert board.explain("C")


ANSWERS = {
    "bool": pd.Series([True, False]),
    "boolean": pd.Series([True, False, None], dtype="boolean"),
    "float": pd.Series([1.0, 0.0, nan]),
    "Int64": pd.Series([1, 0, None], dtype="Int64"),
    "object": pd.Series([True, False, None], dtype=object),
}


@pytest.mark.parametrize("dtype", ANSWERS)
def test_facts_of_yes_and_no_may_have_any_type_of_pandas(dtype, tmp_path):
    rules = [
        {"level": "no", "needs": [{"column": "x", "is": False}]},
        {"level": "yes", "needs": [{"column": "x", "is": True}]},
    ]
    given = ANSWERS[dtype]
    frame = pd.DataFrame({"account_id": range(len(given)), "x": given})
    model = make_model(tmp_path, {"a": {"rules": rules}})
    found = kl.classify(frame, model).augment()["cell"]
    assert found.tolist()[:2] == ["yes", "no"]
    assert found[2:].isna().all()
