"""Where a path diagram puts things: nothing over anything else, causes left of effects."""

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from kamlab.sem.picture.boxes import extents_of, overlaps
from kamlab.sem.picture.diagram import Diagram, Edge, Node
from kamlab.sem.picture.layers import layers_of
from kamlab.sem.picture.lines import POINTS, bowed, crossings, cut, evenly, length, segments
from kamlab.sem.picture.order import ranked
from kamlab.sem.picture.path_diagram import compose
from kamlab.sem.picture.places import Box
from kamlab.sem.picture.roles import indicator_homes, shown_covariances, shown_part

ROUNDING = 1e-6
VISIBLE = 0.01
"""A line that rises less than this share of its length looks level."""


def edge(cause, effect, value=0.4, kind="path"):
    return Edge(cause, effect, kind, value, value, value - 0.1, value + 0.1, mark="***")


def factor_model(sizes, paths=(), covariances=()):
    items = [(f"F{f}", f"x{f}_{k}") for f, size in enumerate(sizes) for k in range(size)]
    nodes = [Node(f"F{f}", latent=True, r_squared=0.5) for f in range(len(sizes))]
    edges = [edge(factor, item, 0.7, "loading") for factor, item in items]
    edges += [edge(f"F{a}", f"F{b}") for a, b in paths]
    edges += [edge(f"F{a}", f"F{b}", -0.3, "covariance") for a, b in covariances]
    return Diagram((*nodes, *(Node(item) for _, item in items)), tuple(edges))


def regression(count):
    names = [f"predictor_{k}" for k in range(count)]
    return Diagram(tuple(map(Node, [*names, "y"])), tuple(edge(name, "y") for name in names))


def growth():
    times = [f"t{k}" for k in range(4)]
    nodes = [Node("i", latent=True, mean=1.0), Node("s", latent=True), Node("x")]
    loads = [Edge(f, t, "loading", estimate=1.0, fixed=True) for f in "is" for t in times]
    more = [edge("i", "s", 0.2, "covariance"), edge("x", "i"), edge("x", "s")]
    return Diagram((*nodes, *map(Node, times)), (*loads, *more))


def loop():
    arrows = [("x1", "y1"), ("x2", "y2"), ("y1", "y2"), ("y2", "y1")]
    curves = [edge("y1", "y2", -0.2, "covariance"), edge("x1", "x2", 0.3, "covariance")]
    nodes = tuple(map(Node, ("x1", "x2", "y1", "y2")))
    return Diagram(nodes, (*(edge(a, b) for a, b in arrows), *curves))


def second_order():
    base = factor_model([3, 3, 3])
    above = tuple(edge("g", f"F{k}", 0.8, "loading") for k in range(3))
    return Diagram((Node("g", latent=True), *base.nodes), base.edges + above)


def two_waves():
    base = factor_model([3, 4, 4], [(0, 1), (0, 2), (1, 2)])
    residual = tuple(edge(f"x1_{k}", f"x2_{k}", 0.3, "covariance") for k in range(4))
    return Diagram(base.nodes, base.edges + residual)


def many_paths(count=16):
    rng = np.random.default_rng(5)
    values = {pair: rng.uniform(-0.7, 0.7) for pair in combinations(range(count), 2)}
    edges = [edge(f"v{a}", f"v{b}", v) for (a, b), v in values.items() if rng.random() < 0.16]
    return Diagram(tuple(Node(f"v{k}") for k in range(count)), tuple(edges))


def random_model(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 10))
    paths = [(a, b) for a, b in combinations(range(count), 2) if rng.random() < 0.35]
    sizes = [int(rng.integers(0, 5)) for _ in range(count)]
    return factor_model(sizes, paths)


CAUSES = [(k, 5) for k in (0, 1, 2, 6)] + [(k, 6) for k in (2, 3, 4)]
OUTCOMES = [(5, 7), (5, 8), (5, 9), (6, 9), (6, 10), (6, 11)]
PAIRS = list(combinations(range(5), 2))
MODELS = {
    "three factors": factor_model([3, 3, 3], covariances=combinations(range(3), 2)),
    "key mediating variables": factor_model([3] * 12, CAUSES + OUTCOMES, PAIRS),
    "mediation": Diagram(tuple(map(Node, "XMY")), (edge("X", "M"), edge("M", "Y"), edge("X", "Y"))),
    "loop": loop(),
    "second order": second_order(),
    "fifty items": factor_model([10] * 5, covariances=PAIRS),
    "eight predictors": regression(8),
    "growth": growth(),
    "two waves": two_waves(),
    "chain with items": factor_model([5] * 4, [(0, 1), (1, 2), (2, 3)]),
    "chain with a short cut": factor_model([0] * 4, [(0, 1), (1, 2), (2, 3), (0, 3)]),
    "many paths": many_paths(),
    "one variable": Diagram((Node("x"),), ()),
    "nothing linked": Diagram(tuple(map(Node, "abc")), ()),
} | {f"random {seed}": random_model(seed) for seed in range(12)}
RECURSIVE = [name for name in MODELS if name != "loop"]
every_model = pytest.mark.parametrize("name", MODELS)


@cache
def composed(name, measurement=None):
    drawn = shown_part(MODELS[name], measurement)
    return drawn, *compose(drawn, {}, shown_covariances(drawn, None), "standardised")[1:]


def none_overlap(extents):
    smaller = np.array([ROUNDING, ROUNDING, -ROUNDING, -ROUNDING])
    among = overlaps(extents + smaller, extents)
    np.fill_diagonal(among, False)
    return not among.any()


def spot_extents(spots):
    rows = [
        (s.x - s.width / 2, s.y - s.height / 2, s.x + s.width / 2, s.y + s.height / 2)
        for s in spots
    ]
    return np.reshape(rows, (-1, 4))


@every_model
@pytest.mark.parametrize("measurement", [None, True])
def test_no_shape_is_on_another(name, measurement):
    _, layout, _, _ = composed(name, measurement)
    assert none_overlap(extents_of(layout.boxes.values()))


@every_model
@pytest.mark.parametrize("measurement", [None, True])
def test_no_number_is_on_a_shape_or_on_another_number(name, measurement):
    _, layout, _, spots = composed(name, measurement)
    numbers = spot_extents(spots)
    assert none_overlap(numbers)
    assert not overlaps(numbers, extents_of(layout.boxes.values())).any()


@every_model
def test_every_variable_has_a_shape_and_every_arrow_a_way(name):
    drawn, layout, routes, _ = composed(name)
    assert set(layout.boxes) == {node.name for node in drawn.nodes}
    assert {(r.edge.cause, r.edge.effect) for r in routes} >= {
        (e.cause, e.effect) for e in drawn.arrows()
    }
    assert all(np.isfinite(route.points).all() for route in routes)


@pytest.mark.parametrize("name", RECURSIVE)
def test_causes_are_left_of_their_effects(name):
    drawn, layout, _, _ = composed(name, measurement=False)
    arrows = drawn.arrows()
    assert all(layout.boxes[e.cause].x < layout.boxes[e.effect].x for e in arrows)


@every_model
def test_arrows_go_from_the_outline_of_the_cause_to_that_of_the_effect(name):
    _, layout, routes, _ = composed(name)
    for route in routes:
        cause, effect = layout.boxes[route.edge.cause], layout.boxes[route.edge.effect]
        assert not cause.holds(route.points).any()
        assert not effect.holds(route.points).any()
        assert cause.holds(route.points[:1], pad=4).all()
        assert effect.holds(route.points[-1:], pad=4).all()


@pytest.mark.parametrize("name", ["key mediating variables", "mediation", "many paths"])
def test_no_arrow_goes_through_a_variable_that_is_not_its_end(name):
    _, layout, routes, _ = composed(name)
    for route in routes:
        ends = {route.edge.cause, route.edge.effect}
        others = [box for node, box in layout.boxes.items() if node not in ends]
        assert not any(box.holds(route.points).any() for box in others)


def test_items_stand_on_the_outer_side_of_their_factor():
    _, layout, _, _ = composed("key mediating variables", measurement=True)
    for item, factor in layout.home.items():
        away = layout.boxes[item].x - layout.boxes[factor].x
        if layout.column[factor] == 0:
            assert away < 0
        elif layout.column[factor] == max(layout.column.values()):
            assert away > 0
        else:
            assert layout.boxes[item].y != pytest.approx(layout.boxes[factor].y)


def test_two_variables_that_affect_each_other_share_a_column_and_two_arrows():
    _, layout, routes, _ = composed("loop")
    assert layout.boxes["y1"].x == layout.boxes["y2"].x
    ways = {(r.edge.cause, r.edge.effect): r for r in routes if r.edge.kind == "path"}
    there, back = ways["y1", "y2"].points, ways["y2", "y1"].points
    assert there[POINTS // 2, 0] != pytest.approx(back[POINTS // 2, 0], abs=5)


def test_the_direct_path_of_a_mediation_is_straight_and_level():
    _, layout, routes, _ = composed("mediation")
    assert layout.boxes["X"].y == pytest.approx(layout.boxes["Y"].y, abs=1)
    assert layout.boxes["M"].extents[3] < layout.boxes["X"].y
    (direct,) = [r for r in routes if (r.edge.cause, r.edge.effect) == ("X", "Y")]
    assert np.ptp(direct.points[:, 1]) < 1


def test_a_short_cut_past_several_columns_is_straight_and_level():
    _, _, routes, _ = composed("chain with a short cut")
    (direct,) = [r for r in routes if (r.edge.cause, r.edge.effect) == ("F0", "F3")]
    assert np.ptp(direct.points[:, 1]) < VISIBLE * length(direct.points)


def test_curves_of_causes_are_left_of_them():
    _, layout, routes, _ = composed("loop")
    (curve,) = [r for r in routes if {r.edge.cause, r.edge.effect} == {"x1", "x2"}]
    assert curve.points[POINTS // 2, 0] < layout.boxes["x1"].extents[0]


def test_indicators_are_told_from_variables_with_effects():
    homes = indicator_homes(factor_model([2, 2], [(0, 1)]))
    assert homes == {"x0_0": "F0", "x0_1": "F0", "x1_0": "F1", "x1_1": "F1"}
    assert indicator_homes(growth()) == {}
    busy = Diagram(
        (Node("F", latent=True), Node("x"), Node("z"), Node("y")),
        (edge("F", "x", kind="loading"), edge("F", "z", kind="loading"), edge("z", "y")),
    )
    assert indicator_homes(busy) == {"x": "F"}


def test_an_item_of_two_factors_stays_with_the_first_that_has_items_of_its_own():
    base = factor_model([2, 2])
    crossed = Diagram(base.nodes, (edge("F1", "x0_0", kind="loading"), *base.edges))
    assert indicator_homes(crossed)["x0_0"] == "F1"
    assert indicator_homes(base)["x0_0"] == "F0"


@pytest.mark.parametrize("length_of_loop", [3, 4, 7])
def test_a_longer_loop_goes_back_once(length_of_loop):
    names = [f"v{k}" for k in range(length_of_loop)]
    arrows = [(names[k], names[(k + 1) % length_of_loop]) for k in range(length_of_loop)]
    level = layers_of(names, arrows)
    assert sum(level[a] > level[b] for a, b in arrows) == 1


def test_outcomes_stand_together_in_the_last_column():
    level = layers_of("abcz", [("a", "b"), ("b", "c"), ("a", "z")])
    assert level == {"a": 0, "b": 1, "c": 2, "z": 2}


def test_the_order_of_a_column_leaves_no_crossing_that_can_be_helped():
    ranks = ranked([0, 0, 0, 1, 1, 1], [(0, 5), (1, 4), (2, 3)])
    place = {node: k for column in ranks.columns for k, node in enumerate(column)}
    order = [place[a] - place[b] for a, b in ((0, 1), (1, 2))]
    assert order == [place[a] - place[b] for a, b in ((5, 4), (4, 3))]


def test_the_order_of_the_model_stays_where_nothing_crosses():
    ranks = ranked([0, 0, 1, 1], [(0, 2), (1, 3)])
    assert ranks.columns == ((0, 1), (2, 3))


def test_variables_that_vary_together_are_neighbours():
    ranks = ranked([0, 1, 1, 1], [(0, 1), (0, 2), (0, 3)], within=[(1, 3)])
    assert abs(ranks.columns[1].index(1) - ranks.columns[1].index(3)) == 1


def test_an_arrow_past_a_column_has_a_place_in_it():
    ranks = ranked([0, 1, 2], [(0, 1), (1, 2), (0, 2)])
    assert ranks.via[0, 2] == (3,)
    assert 3 in ranks.columns[1]


def test_a_straight_way_is_cut_at_both_outlines():
    left, right = Box(0, 0, 20, 10), Box(100, 0, 20, 10, round=True)
    way = cut(bowed(np.zeros(2), np.array([100.0, 0.0]), 0.0), left, right, 0.0)
    assert way[0] == pytest.approx([10, 0], abs=0.1)
    assert way[-1] == pytest.approx([90, 0], abs=0.1)
    assert length(way) == pytest.approx(80, abs=0.2)


def test_evenly_spaced_points_are_evenly_spaced():
    steps = np.hypot(*np.diff(evenly(np.array([[0, 0], [1, 0], [9, 0.0]])), axis=0).T)
    assert steps == pytest.approx(9 / (POINTS - 1))


def test_crossings_are_counted():
    one = segments(evenly(np.array([[0.0, 0.1], [10, 10]])))
    other = segments(evenly(np.array([[0.0, 10], [10, 0.2]])))
    assert crossings(one, other) == 1
    assert crossings(one, one + np.array([0, 1])) == 0
