"""Every picture of the room: what all of them owe their reader, then each one's own."""

import sys
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.text import Text as Words

import kamlab
import kamlab as kl
from kamlab.foundation import style
from kamlab.foundation.language import Text, use_language
from kamlab.portfolio.pictures import bubbles
from kamlab.portfolio.pictures.alluvial import draw_alluvial
from kamlab.portfolio.pictures.captions import GAPS, MARGIN
from kamlab.portfolio.pictures.drawable import MANY
from kamlab.portfolio.pictures.fields import Ground, Region
from kamlab.portfolio.pictures.legend import UNSURE, Size
from kamlab.portfolio.pictures.portfolio_map import NAMED, draw_map
from kamlab.portfolio.pictures.short_names import short_names
from kamlab.portfolio.pictures.stages import draw_stages
from kamlab.portfolio.pictures.transitions import draw_transitions

HOSTILE = ("Café $5$ & Co", "<b>北斗</b>精密", "R&D {x} $\\alpha$", "100% _under_")
CELLS = [
    Text("Market exchange", "市場取引型"),
    Text("Captive buyer", "買い手拘束型"),
    Text("Captive supplier", "サプライヤー拘束型"),
    Text("Strategic partnership", "戦略的パートナーシップ"),
]
FOUR = [Region(CELLS[2 * y + x], (x,), (y,)) for y in (0, 1) for x in (0, 1)]
NINE = [Region(Text(f"Cell {x}{y}", f"セル{x}{y}"), (x,), (y,)) for x in range(3) for y in range(3)]
TITLE = Text("A picture $ & <title>", "図の題名")


def map_of(n=240, *, cuts=(4.0,), regions=FOUR, seed=0, ax=None, **more):
    rng = np.random.default_rng(seed)
    scores = np.clip(rng.normal(4, 1.5, (n, 2, 6)).round(), 1, 7).mean(axis=2)
    level = np.stack([np.searchsorted(cuts, axis, side="right") for axis in scores.T], axis=1)
    cell = np.full(n, -1)
    for number, region in enumerate(regions):
        cell[np.isin(level[:, 0], region.x) & np.isin(level[:, 1], region.y)] = number
    given = {
        "scores": scores,
        "cell_of": cell,
        "unsure": np.abs(scores - 4).min(axis=1) < 0.25,
        "captions": [f"{HOSTILE[k % 4]} {k}" for k in range(n)],
        "size": Size(rng.lognormal(18, 1, n), Text("Revenue", "売上高"), "JPY"),
        "cuts": (cuts, cuts),
        "axis_labels": (Text("Customer's investment", "顧客の投資"), Text("Ours", "自社の投資")),
    }
    return draw_map(title=TITLE, scale=(1, 7), regions=regions, ax=ax, **given | more), given | more


def stages_of(ax=None, count=7, **more):
    given = {
        "stages": [Text(f"Stage of relationship {k}", f"関係の段階その{k}") for k in range(count)],
        "counts": np.arange(count) * 9,
        "unsure": np.arange(count),
        "examples": [list(HOSTILE[:3])] * count,
        "apart": [(Text("Uncoupling", "関係解消"), 6), (Text("Exit", "退出"), 0)],
    }
    return draw_stages(title=TITLE, ax=ax, **given | more)


FLOWS = [np.array([[50, 10, 4, 1], [12, 40, 8, 2], [3, 9, 30, 11], [0, 3, 8, 49]])] * 2
COLUMNS = [Text(f"Model {k}", f"モデル{k}") for k in range(3)]


def alluvial_of(ax=None):
    return draw_alluvial(columns=COLUMNS, strata=[CELLS] * 3, flows=FLOWS, ax=ax)


def transitions_of(ax=None, **more):
    gone, new = [3, 1, 0, 0], [5, 1, 0, 2]
    given = {"states": CELLS, "counts": FLOWS[0], "gone": gone, "new": new} | more
    return draw_transitions(title=TITLE, ax=ax, **given)


PICTURES = {
    "map": lambda ax=None: map_of(ax=ax)[0],
    "map of nine cells": lambda ax=None: map_of(cuts=(3.0, 5.0), regions=NINE, ax=ax)[0],
    "stages": stages_of,
    "alluvial": alluvial_of,
    "transitions": transitions_of,
}
every_picture = pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)


def boxes_of(ax, *gids):
    ax.figure.canvas.draw()
    found = [child for child in ax.get_children() if child.get_gid() in gids]
    return [words_box(child) for child in found if getattr(child, "get_text", lambda: "-")()]


def words_box(artist):
    """Return where words are, without the line that leads from them to what they name."""
    return (Words if isinstance(artist, Words) else type(artist)).get_window_extent(artist)


def words_of(artists):
    return [" ".join(text.get_text().split("\n")) for text in artists]


def nothing_overlaps(boxes):
    assert boxes
    for one, other in combinations(boxes, 2):
        apart = one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
        assert apart, (one, other)


def held_by(box, frame, slack=1.0):
    return (
        box.x0 >= frame.x0 - slack
        and box.x1 <= frame.x1 + slack
        and box.y0 >= frame.y0 - slack
        and box.y1 <= frame.y1 + slack
    )


# what every picture owes


@every_picture
def test_a_picture_says_in_each_language_what_it_shows(draw):
    alts = {}
    for language in ("en", "ja"):
        use_language(language)
        alts[language] = draw().figure.alt
        assert CELLS[0].in_language(language) in alts[language] or "0" in alts[language]
    assert alts["en"].isascii()
    assert "。" in alts["ja"]


@every_picture
def test_a_picture_is_drawn_in_each_language_without_a_missing_character(draw, language):
    ax = draw()
    ax.figure.canvas.draw()  # a missing character warns, and a warning is an error here
    assert ax.get_title(loc="left")


@every_picture
def test_a_picture_is_drawn_on_the_axes_given_under_the_users_settings(draw):
    _, own = plt.subplots(figsize=(7, 6))
    before = dict(plt.rcParams)
    assert draw(ax=own) is own
    assert dict(plt.rcParams) == before
    own.figure.canvas.draw()


@every_picture
def test_a_picture_is_the_same_bytes_every_time(draw):
    assert draw().figure.png() == draw().figure.png()


@every_picture
def test_everything_written_lies_within_the_figure(draw, language):
    ax = draw()
    ax.figure.canvas.draw()
    written = boxes_of(ax, "caption", "region", "step", "label", "field")
    assert written
    assert all(held_by(box, ax.figure.bbox) for box in written)


# the map


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("cuts", "regions"), [((4.0,), FOUR), ((3.0, 5.0), NINE)])
def test_names_on_a_map_lie_neither_on_each_other_nor_outside(language, seed, cuts, regions):
    ax, _ = map_of(cuts=cuts, regions=regions, seed=seed)
    names, cells = boxes_of(ax, "caption"), boxes_of(ax, "region")
    nothing_overlaps([*names, *cells])
    assert len(cells) == len(regions)
    assert NAMED / 3 <= len(names) <= NAMED
    assert all(held_by(name, ax.get_window_extent(), slack=-MARGIN) for name in names)


def one_cell(scores, **more):
    """Draw accounts with given scores, all in the cell of their place."""
    scores = np.asarray(scores, dtype=float)
    n = len(scores)
    cell = ((scores >= 4) @ [1, 2]).astype(int)
    given = {
        "scores": scores,
        "cell_of": cell,
        "unsure": np.zeros(n, bool),
        "captions": ["A" * 9] * n,
    }
    given["size"] = Size(np.arange(n) + 1.0, Text("s", "大"), "JPY")
    return map_of(n, **given | more)[0]


def test_a_name_avoids_the_border_beside_its_account():
    ax = one_cell([[4.05, 2.5], [2.5, 4.05], [3.9, 5.5]])
    names = boxes_of(ax, "caption")
    assert len(names) == 3
    x, y = ax.transData.transform([4.0, 4.0])
    assert not any(name.x0 < x < name.x1 or name.y0 < y < name.y1 for name in names)


@pytest.mark.parametrize("seed", range(3))
def test_lines_to_names_are_short_and_do_not_cross(seed):
    ax, _ = map_of(60, seed=seed)
    ax.figure.canvas.draw()
    named = [text for text in ax.texts if text.get_gid() == "caption" and text.arrow_patch]
    lines = [text.arrow_patch.get_path() for text in named]
    assert lines
    for one, other in combinations(lines, 2):
        assert not one.intersects_path(other, filled=False)
    longest = max(np.ptp(line.vertices, axis=0).max() for line in lines)
    assert longest <= (GAPS[-1] + np.sqrt(bubbles.LARGEST)) * ax.figure.dpi / 72


def test_names_in_pictures_leave_out_the_form_of_the_company(language):
    rows = pd.DataFrame(
        {
            "account_id": list("abcdef"),
            "name": ["北斗精密株式会社", "株式会社稲穂", "有限会社稲穂", "株式会社", None, "東会"],
            "name_en": ["Hokuto Co., Ltd.", "Inaho Inc.", "Inaho Co., Ltd.", "Co", None, "Azuma"],
        }
    )
    expected = {
        "en": ["Hokuto", "Inaho Inc.", "Inaho Co., Ltd.", "Co", "e", "Azuma"],
        "ja": ["北斗精密", "株式会社稲穂", "有限会社稲穂", "株式会社", "e", "東会"],
    }
    assert short_names(rows) == expected[language]
    assert short_names(rows[["account_id"]]) == list("abcdef")


def test_names_of_accounts_at_the_edge_stay_on_the_map():
    ax = one_cell([[7.0, 4.5], [1.0, 4.5], [2.5, 7.0], [2.5, 1.0]])
    names = boxes_of(ax, "caption")
    assert len(names) == 4
    assert all(held_by(name, ax.get_window_extent(), slack=0) for name in names)


def test_the_name_of_a_cell_leaves_a_corner_in_which_accounts_are():
    scores = np.column_stack([np.linspace(4.5, 7, 20), np.full(20, 7.0)])
    ax = one_cell(scores, size=None)
    dots = ax.transData.transform(scores)
    assert not any(name.contains(*dot) for name in boxes_of(ax, "region") for dot in dots)


@pytest.mark.parametrize("cut", [1.1, 6.9])
def test_the_name_of_a_narrow_cell_stays_on_the_map(language, cut):
    scores = np.repeat([[7.0, 7.0], [7.0, 1.0], [1.0, 7.0], [1.0, 1.0]], 20, axis=0)
    cell = ((scores >= cut) @ [1, 2]).astype(int)
    ax = one_cell(scores, size=None, cuts=(cut,), cell_of=cell)
    names = boxes_of(ax, "region")
    assert all(held_by(name, ax.get_window_extent(), slack=0) for name in names)
    nothing_overlaps(names)


def test_the_largest_accounts_are_named_as_they_are_spelt():
    cell_of = map_of(12)[1]["cell_of"].copy()
    cell_of[[0, 5]] = -1
    ax, given = map_of(12, cell_of=cell_of)
    value = np.where(cell_of < 0, 0.0, given["size"].values)
    expected = {given["captions"][row] for row in np.argsort(-value)[:NAMED]}
    assert {text.get_text() for text in ax.texts if text.get_gid() == "caption"} == expected


def test_accounts_of_one_size_have_no_names():
    ax, _ = map_of(size=None)
    assert not ax.texts


def marks_of(ax):
    return [child for child in ax.collections if isinstance(child, PathCollection)]


def test_as_many_marks_are_hollow_as_accounts_are_uncertain():
    ax, given = map_of()
    faces = np.vstack([marks.get_facecolors() for marks in marks_of(ax)])
    assert len(faces) == 240
    assert (faces[:, :3] == 1).all(axis=1).sum() == given["unsure"].sum() > 0


def test_cells_and_doubt_can_be_told_apart_without_colour():
    ax, _ = map_of(cuts=(3.0, 5.0), regions=NINE)
    shapes = [marks.get_paths()[0].vertices.round(3).tobytes() for marks in marks_of(ax)]
    assert len(shapes) == len(set(shapes)) == 9
    assert len({look.marker for look in bubbles.marks(12)}) == 12


def test_every_shape_of_one_size_has_the_same_area():
    for marker in bubbles.MARKERS:
        assert 0.2 < bubbles.ink(marker) <= 1
    assert bubbles.ink("s") == pytest.approx(1)
    assert bubbles.ink("^") == pytest.approx(0.5)
    assert bubbles.ink("o") == pytest.approx(np.pi / 4, rel=0.02)


def test_marks_of_equal_accounts_are_equally_large_in_every_cell():
    ax, _ = map_of(cuts=(3.0, 5.0), regions=NINE, size=None)
    pairs = zip(marks_of(ax), bubbles.marks(9), strict=True)
    inked = [size * bubbles.ink(look.marker) for marks, look in pairs for size in marks.get_sizes()]
    assert len(inked) == 240
    np.testing.assert_allclose(inked, inked[0])


def test_areas_are_in_proportion_and_what_is_unknown_is_smallest():
    area = bubbles.areas(np.array([100.0, 50.0, np.nan, 0.0, -3.0]), 5)
    large, small = bubbles.LARGEST, bubbles.SMALLEST
    np.testing.assert_allclose(area, [large, large / 2, small, small, small])
    assert bubbles.areas(np.ones(100), 100).sum() == pytest.approx(bubbles.MOST_INK)


def test_the_legend_explains_sizes_doubt_and_what_is_missing(language):
    _, given = map_of()
    values, cell = given["size"].values.copy(), given["cell_of"].copy()
    values[:4], cell[5:8] = np.nan, -1
    ax, _ = map_of(size=Size(values, Text("Revenue", "売上高"), "JPY"), cell_of=cell)
    words = words_of(ax.get_legend().get_texts())
    money = {"en": "million JPY", "ja": "円"}[language]
    hidden = {"en": "not drawn, without a cell: 3", "ja": "分類できず、図に表示なし：3社"}
    assert money in words[0]
    assert any("(4)" in w or "（4社）" in w for w in words)
    assert any(f"{UNSURE:.0%}" in w for w in words)
    assert words[-1].replace(" ", "") == hidden[language].replace(" ", "")
    assert sum(len(marks.get_offsets()) for marks in marks_of(ax)) == 237


def test_an_area_of_the_legend_is_that_of_an_account_of_that_size():
    values = np.array([200.0, 50.0])
    more = {"size": Size(values, Text("s", "大"), "JPY"), "unsure": [False, False]}
    more |= {"scores": [[2.0, 2.0], [3.0, 3.0]], "cell_of": [0, 0], "captions": ["a", "b"]}
    ax, _ = map_of(2, **more)
    first, second = ax.get_legend().get_lines()[:2]
    sizes = np.sort(marks_of(ax)[0].get_sizes())[::-1]
    np.testing.assert_allclose([first.get_markersize() ** 2, second.get_markersize() ** 2], sizes)


MERGED = [
    Region(Text("a", "a"), (0, 1), (0,)),
    Region(Text("b", "b"), (2,), (0,)),
    Region(Text("c", "c"), (0, 1, 2), (1, 2)),
]


def borders_of(cuts, regions):
    ground = Ground.of([np.array(cuts)] * 2, (1.0, 7.0), regions)
    return {tuple(map(tuple, np.round(line, 3))) for line in ground.borders()}


def test_every_region_has_its_borders_and_a_merged_one_none_within():
    low, high = 1 - 0.27, 7 + 0.27
    assert borders_of((4.0,), FOUR) == {
        ((4, low), (4, 4)),
        ((4, 4), (4, high)),
        ((low, 4), (4, 4)),
        ((4, 4), (high, 4)),
    }
    assert borders_of((3.0, 5.0), MERGED) == {
        ((5, low), (5, 3)),
        ((low, 3), (3, 3)),
        ((3, 3), (5, 3)),
        ((5, 3), (high, 3)),
    }
    assert len(borders_of((3.0, 5.0), NINE)) == 12


@pytest.mark.parametrize("cuts", [(4.0,), (6.9,), (0.0,)])
def test_a_map_can_be_drawn_wherever_the_borders_are(cuts):
    ax, _ = map_of(60, cuts=cuts)
    ax.figure.canvas.draw()


def test_a_map_without_accounts_can_be_drawn(language):
    ax, _ = map_of(0)
    ax.figure.canvas.draw()
    assert ax.get_legend() is None


def test_accounts_with_equal_scores_can_all_be_seen_and_none_crosses_a_border():
    scores = np.repeat([[4.0, 4.0], [4.0, 3.5], [2.0, 2.0]], [30, 2, 1], axis=0)
    ground = Ground.of([np.array([4.0])] * 2, (1.0, 7.0), FOUR)
    seen = ground.within(scores, bubbles.set_apart(scores, 6.0))
    assert len(np.unique(seen.round(6), axis=0)) == len(scores)
    assert ((seen >= 4) == (scores >= 4)).all()
    np.testing.assert_array_equal(seen[-1], scores[-1])
    assert np.abs(seen - scores).max() <= bubbles.WIDEST * 6


def test_the_order_of_accounts_does_not_matter_for_where_they_are_set_apart():
    scores = np.repeat([[4.0, 4.0], [5.0, 2.0]], [5, 3], axis=0)
    shuffled = np.random.default_rng(0).permutation(scores)
    one, other = (np.unique(bubbles.set_apart(s, 6.0), axis=0) for s in (scores, shuffled))
    np.testing.assert_allclose(one, other)


def lines_run(n):
    """Count the lines of the package that run while a map of n accounts is drawn."""
    folder = str(Path(kamlab.__file__).parent)
    count = 0

    def local(frame, event, _):
        nonlocal count
        count += event == "line"
        return local

    def tracer(frame, event, _):
        return local if frame.f_code.co_filename.startswith(folder) else None

    given = map_of(n)[1]
    plt.close("all")
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        draw_map(title=TITLE, scale=(1, 7), regions=FOUR, **given)
    finally:
        sys.settrace(before)
    return count


def test_a_hundred_thousand_accounts_take_no_more_steps_of_python_than_a_few_thousand():
    few, many = lines_run(MANY + 1), lines_run(100_000)
    assert many < 1.1 * few


def test_many_accounts_are_points_of_two_kinds_in_each_cell_and_all_are_drawn():
    ax, given = map_of(MANY + 500)
    points = [line for line in ax.lines if line.get_rasterized()]
    assert len(points) == 2 * len(FOUR)
    assert sum(line.get_xdata().size for line in points) == MANY + 500
    hollow = [line for line in points if to_rgb(line.get_markerfacecolor()) == (1, 1, 1)]
    assert sum(line.get_xdata().size for line in hollow) == given["unsure"].sum()
    (rings,) = [marks for marks in marks_of(ax) if not marks.get_facecolors().size]
    assert len(rings.get_offsets()) == NAMED


def test_a_remark_is_under_the_map_and_in_its_alt_text(language):
    remark = Text("Not the author's own model. " * 6, "原著者のモデルではありません。" * 6)
    ax, _ = map_of(remark=remark)
    (shown,) = [text for text in ax.texts if text.get_gid() == "remark"]
    assert shown.get_text().replace("\n", "").replace(" ", "") == str(remark).replace(" ", "")
    assert str(remark) in ax.figure.alt


# the staircase


@pytest.mark.parametrize("count", [4, 5, 6, 7])
def test_nothing_on_a_staircase_lies_on_something_else(language, count):
    ax = stages_of(count=count)
    nothing_overlaps([*boxes_of(ax, "step"), ax.get_legend().get_window_extent()])


def test_steps_rise_and_carry_their_names_and_counts(language):
    ax = stages_of()
    written = [text.get_text() for text in ax.texts if text.get_gid() == "step"]
    names = [text for text in ax.texts if ("Stage" in text.get_text() or "段階" in text.get_text())]
    places = np.array([text.get_position() for text in names])
    assert len(places) == 7
    assert (np.diff(places, axis=0) > 0).all()
    count = {"en": "54 accounts (6 uncertain)", "ja": "54社（不確か6社）"}[language]
    assert count in written
    assert sum(HOSTILE[0] in text for text in written) == 7
    assert {"en": "Uncoupling: 6", "ja": "関係解消：6社"}[language] in written


def test_bars_are_in_proportion_and_what_is_uncertain_is_hatched():
    ax = stages_of(counts=[10, 20, 40, 0], unsure=[0, 5, 40, 0], count=4)
    bars = [patch for patch in ax.patches if patch.get_linewidth() < 1]
    clear = [bar.get_width() for bar in bars if not bar.get_hatch()]
    hatched = [bar.get_width() for bar in bars if bar.get_hatch()]
    longest = 0.52
    np.testing.assert_allclose(clear, np.array([10, 15, 0, 0]) / 40 * longest)
    np.testing.assert_allclose(hatched, np.array([0, 5, 40, 0]) / 40 * longest)


def test_the_lines_round_steps_are_not_cut_at_the_edge_of_the_picture():
    ax = stages_of()
    ax.figure.canvas.draw()
    frames = [patch for patch in ax.patches if patch.get_linewidth() >= 1]
    rectangles = [patch for patch in frames if hasattr(patch, "get_width")]
    assert len(rectangles) == 7 + 2
    for frame in rectangles:
        assert not frame.get_clip_on()
        half = frame.get_linewidth() / 2 * ax.figure.dpi / 72
        assert held_by(frame.get_window_extent(), ax.figure.bbox, slack=-half)


def test_a_staircase_in_little_room_leaves_out_examples_rather_than_writing_over():
    _, own = plt.subplots(figsize=(7, 2.6))
    ax = stages_of(ax=own, apart=[])
    assert not any(HOSTILE[0] in text.get_text() for text in ax.texts)


def test_stages_without_accounts_or_doubt_can_be_drawn():
    ax = stages_of(count=4, counts=np.zeros(4), unsure=np.zeros(4), examples=[[]] * 4)
    ax.figure.canvas.draw()
    assert ax.get_legend() is None


# the alluvial diagram


def band_heights(ax):
    paths = [patch.get_path() for patch in ax.patches if patch.get_gid() == "band"]
    return np.array([path.vertices[7, 1] - path.vertices[0, 1] for path in paths])


def test_bands_are_as_wide_as_the_accounts_are_many():
    ax = alluvial_of()
    flows = np.concatenate([flow[flow > 0] for flow in FLOWS])
    heights = band_heights(ax)
    np.testing.assert_allclose(heights / heights[0], flows / flows[0])
    blocks = [patch.get_height() for patch in ax.patches if patch.get_gid() == "stratum"]
    assert sum(blocks[:4]) == pytest.approx(heights[: (FLOWS[0] > 0).sum()].sum())


def test_the_words_for_an_alluvial_diagram_say_between_which_models_bands_are(language):
    pairs = {"en": "from Model {} to Model {}", "ja": "モデル{}からモデル{}への"}[language]
    alt = alluvial_of().figure.alt
    assert all(pairs.format(k, k + 1) in alt for k in range(2))


def test_strata_of_a_column_differ_without_colour():
    patterns = [p.get_hatch() for p in alluvial_of().patches if p.get_gid() == "stratum"]
    assert len(set(patterns[:4])) == 4


def test_names_of_thin_strata_do_not_lie_on_each_other(language):
    many = [Text(f"Cell number {k}", f"{k}番目のセル") for k in range(16)]
    thin = np.ones((16, 4)) + 400 * (np.arange(16) == 7)[:, None]
    columns = [Text("a", "あ"), Text("b", "い"), Text("c", "う")]
    _, own = plt.subplots(figsize=(9, 3))
    ax = draw_alluvial(columns=columns, strata=[many, CELLS, many], flows=[thin, thin.T], ax=own)
    nothing_overlaps(boxes_of(ax, "label"))


def test_flows_that_do_not_fit_the_strata_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 2\).*\(4, 4\)"):
        draw_alluvial(columns=COLUMNS[:2], strata=[CELLS] * 2, flows=[np.ones((2, 2))])


# the transition table


def test_fields_show_counts_and_shares_of_their_row_gone_included(language):
    ax = transitions_of()
    fields = [text.get_text() for text in ax.texts if text.get_gid() == "field"]
    assert len(fields) == 5 * 5 - 1
    assert fields[:5] == ["50\n74%", "10\n15%", "4\n6%", "1\n1%", "3\n4%"]
    assert fields[-4:] == ["5\n62%", "1\n12%", "0", "2\n25%"]


def test_the_diagonal_is_framed_and_darker_is_more():
    patches = transitions_of().patches
    framed = [patch for patch in patches if patch.get_gid() == "stayed"]
    others = [patch for patch in patches if patch.get_gid() == "moved"]
    corners = np.array([patch.get_xy() for patch in framed])
    np.testing.assert_array_equal(corners, np.arange(4)[:, None] * [1.0, 1.0])
    assert min(p.get_linewidth() for p in framed) > max(p.get_linewidth() for p in others)
    assert framed[0].get_facecolor()[0] < others[0].get_facecolor()[0]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_words_in_a_field_keep_their_contrast(share):
    counts = np.array([[share, 1 - share], [0, 1]]) * 100
    ax = transitions_of(states=CELLS[:2], counts=counts, gone=None, new=None)

    def luminance(color):
        channels = np.array(to_rgb(color))
        low, high = channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        return np.where(channels <= 0.04045, low, high) @ [0.2126, 0.7152, 0.0722]

    ground = luminance(ax.patches[0].get_facecolor()[:3])
    assert (ground + 0.05) / (luminance(style.INK) + 0.05) >= 4.5


@pytest.mark.parametrize("count", [4, 7])
def test_heads_of_columns_do_not_lie_on_each_other(language, count):
    states = [*CELLS, *(Text(f"Organizations {k}", f"組織その{k}") for k in range(count - 4))]
    ax = draw_transitions(title=TITLE, states=states, counts=np.ones((count, count)))
    ax.figure.canvas.draw()
    heads = [label.get_window_extent() for label in ax.get_xticklabels()]
    nothing_overlaps([*heads, *boxes_of(ax, "field")])


def test_a_long_title_of_a_transition_table_stays_in_the_figure(language):
    title = Text("Moves between cells: " * 5, "セル間の移動：" * 8)
    ax = draw_transitions(title=title, states=CELLS, counts=FLOWS[0])
    ax.figure.canvas.draw()
    assert ax.get_tightbbox().x1 <= ax.figure.bbox.x1
    assert "\n" in ax.get_title(loc="left")


# over-design and under-design


def test_bars_of_verdicts_differ_without_colour():
    accounts = kl.sample_company()
    sides = [kl.classify(accounts, f"bensaou_{side}") for side in ("context", "management")]
    bars = kl.match_design(*sides).plot().patches
    assert len({bar.get_hatch() for bar in bars}) == len(bars) == 4


def test_a_table_that_is_not_square_is_refused():
    with pytest.raises(ValueError, match="4 states"):
        transitions_of(counts=np.ones((3, 4)))
