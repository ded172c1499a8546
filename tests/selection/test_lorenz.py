import matplotlib.pyplot as plt
import numpy as np
import pytest

from kamlab.foundation.language import Text
from kamlab.selection.lorenz import draw_lorenz

WHAT = Text("revenue", "売上高")
TITLE = Text("How concentrated", "集中の度合い")


def drawn(values, ax=None):
    return draw_lorenz(title=TITLE, values=values, what=WHAT, ax=ax)


def curve_of(ax):
    longest = max(ax.lines, key=lambda line: line.get_linewidth())
    return longest.get_xdata(), longest.get_ydata()


def test_the_curve_of_equal_amounts_is_the_line_of_equality():
    part, share = curve_of(drawn([3.0] * 5))
    np.testing.assert_allclose(part, share)
    np.testing.assert_allclose(part, np.linspace(0, 1, 6))


def test_accounts_stand_from_the_smallest_up_whatever_their_order():
    _, share = curve_of(drawn([6.0, 1.0, 3.0]))
    np.testing.assert_allclose(share, [0, 0.1, 0.4, 1])


def test_the_share_of_the_top_fifth_is_marked_on_the_curve():
    ax = drawn([1.0, 1, 1, 1, 4])
    (dot,) = [line for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose([dot.get_xdata()[0], dot.get_ydata()[0]], [0.8, 0.5])
    assert "50%" in [text.get_text() for text in ax.texts]


def test_the_picture_says_the_gini_coefficient_unless_an_amount_is_below_zero(language):
    word = {"en": "Gini coefficient: 0.30", "ja": "ジニ係数：0.30"}[language]
    assert word in drawn([1.0, 1, 1, 1, 4]).figure.alt
    below = drawn([-1.0, 1, 1, 1, 4])
    assert word[:4] not in below.figure.alt
    assert below.get_ylim()[0] < 0
    assert str(WHAT) in below.figure.alt


def test_nothing_written_lies_on_something_else(language):
    ax = drawn(np.random.default_rng(0).lognormal(0, 1.3, 240))
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert len(boxes) == 3
    for one in boxes:
        assert not any(one is not other and one.overlaps(other) for other in boxes)


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [1.0, -2.0]])
def test_amounts_without_a_positive_sum_have_no_curve(values):
    with pytest.raises(ValueError, match="positive sum"):
        drawn(values)


def test_it_is_drawn_on_the_axes_given():
    _, own = plt.subplots()
    assert drawn([1.0, 2.0], own) is own
