import matplotlib.pyplot as plt
import numpy as np
import pytest

from kamlab.foundation import style
from kamlab.foundation.language import Text
from kamlab.foundation.lettering import (
    ems,
    fit_title,
    kept_apart,
    settle,
    shortened,
    wrapped,
    write_under,
)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Buyer-seller partnership", 9, ["Buyer-seller", "partnership"]),
        ("one two three four", 20, ["one two three four"]),
        ("買い手・売り手パートナーシップ", 8, ["買い手・売り手", "パートナーシップ"]),
        ("ネットワーク組織", 6, ["ネットワーク", "組織"]),
        ("顧客が依存する。", 7, ["顧客が", "依存する。"]),
        ("戦略的パートナーシップ型：48社", 13, ["戦略的", "パートナーシップ型：48社"]),
        ("状況に合う設計を問うものです。", 12, ["状況に合う設計を", "問うものです。"]),
        ("費用は少ない。効果は大きい。", 9, ["費用は少ない。", "効果は大きい。"]),
        ("「4S」との同一性", 6, ["「4S」との", "同一性"]),
        ("関係特殊的投資額", 5, ["関係特殊", "的投資額"]),
        ("（高い）（低い）", 7, ["（高い）", "（低い）"]),
        ("indivisible", 2, ["indivisible"]),
        ("", 5, [""]),
    ],
)
def test_lines_break_where_each_language_allows(text, width, lines):
    assert wrapped(text, width).splitlines() == (lines if text else [])


@pytest.mark.parametrize("width", [4, 6.5, 9, 14, 40])
def test_no_line_is_wider_than_asked_and_nothing_is_lost(width):
    text = "顧客と自社の関係、すなわち high trust と commitment を、毎年2回測る。"
    lines = wrapped(text, width).splitlines()
    assert max(ems(line) for line in lines) <= max(width, ems("commitment"))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in "、。ー" for line in lines)


def test_a_name_is_cut_only_where_it_is_too_long():
    assert shortened("北斗精密", 4) == "北斗精密"
    assert shortened("北斗精密工業", 5) == "北斗精密…"
    assert ems(shortened("Hokuto Precision Machinery", 6)) <= 6


@pytest.mark.parametrize("seed", range(5))
def test_labels_are_kept_apart_in_order_and_within_bounds(seed):
    rng = np.random.default_rng(seed)
    centres, heights = np.sort(rng.uniform(0, 10, 12)), rng.uniform(0.2, 0.8, 12)
    places = kept_apart(centres, heights, 0.0, 10.0)
    assert (np.diff(places) >= (heights[1:] + heights[:-1]) / 2 - 1e-9).all()
    assert places[0] >= heights[0] / 2 - 1e-9
    assert places[-1] <= 10 - heights[-1] / 2 + 1e-9


def test_labels_that_are_apart_stay_where_they_are():
    np.testing.assert_array_equal(kept_apart([1, 3, 9], [2, 1, 2], 0, 10), [1, 3, 9])
    assert kept_apart([], [], 0, 1).size == 0


def test_crowded_labels_move_no_further_than_they_must():
    np.testing.assert_allclose(kept_apart([5.0, 5.0], [1.0, 1.0], 0, 10), [4.5, 5.5])


def test_more_labels_than_room_go_beyond_the_end_rather_than_over_each_other():
    places = kept_apart([0.5] * 4, [1.0] * 4, 0.0, 2.0)
    np.testing.assert_allclose(places, [0.5, 1.5, 2.5, 3.5])


def test_after_settling_lengths_are_those_that_are_drawn():
    with style.canvas() as ax:
        ax.set_aspect("equal")
        ax.set_ylabel("far\nfrom\nhere")
        settle(ax)
    before = ax.get_window_extent().bounds
    ax.figure.canvas.draw()
    np.testing.assert_allclose(ax.get_window_extent().bounds, before)


@pytest.mark.parametrize("has_axis", [True, False])
@pytest.mark.parametrize("own", [True, False])
def test_a_remark_stands_under_the_picture_and_over_nothing(language, has_axis, own):
    words = "A remark that is long enough for several lines under the picture. " * 3
    given = plt.figure(figsize=(6, 4)).add_axes([0.15, 0.4, 0.8, 0.5]) if own else None
    with style.canvas(given) as ax:
        ax.set_xlabel("x")
        if not has_axis:
            ax.set_axis_off()
        write_under(ax, Text(words, "図の下に書く長い注意書き。" * 12))
    ax.figure.canvas.draw()
    (remark,) = [text for text in ax.texts if text.get_gid() == "remark"]
    box = remark.get_window_extent()
    assert box.y1 < (ax.xaxis.label.get_window_extent() if has_axis else ax.bbox).y0
    assert box.y0 >= 0
    assert box.x1 <= ax.figure.bbox.x1


def test_a_remark_is_as_wide_as_the_figure_but_not_over_the_picture_beside_it():
    text = Text("one two three four five six " * 12, "あ")
    with style.canvas() as alone:
        alone.set_aspect("equal")
        write_under(alone, text)
    _, (left, right) = plt.subplots(1, 2, figsize=(8, 4))
    write_under(left, text)
    remarks = [ax.texts[0].get_window_extent() for ax in (alone, left)]
    assert alone.bbox.x1 < remarks[0].x1 <= alone.figure.bbox.x1
    assert remarks[1].x1 < right.bbox.x0


def test_a_long_title_breaks_and_a_short_one_stays():
    for words, lines in (("A title of many words " * 6, 2), ("A title", 1)):
        with style.canvas() as ax:
            style.finish(ax, title=Text(words, "図"), alt=Text("a", "図"))
            fit_title(ax)
        ax.figure.canvas.draw()
        shown = ax.get_title(loc="left")
        assert shown.count("\n") == lines - 1
        assert shown.split() == words.split()
        assert ax.get_tightbbox().x1 <= ax.figure.bbox.x1
