import subprocess
import sys
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager

from kamlab.foundation import style
from kamlab.foundation.language import Text, use_language

JAPANESE = "関係品質・信頼(満足)〜高・低、億円、㈱、ー、々、「」、−1.5、α、χ²、→"


def drawn(ax):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.canvas.draw()


def test_japanese_is_drawn_with_the_bundled_font_alone(monkeypatch):
    use_language("ja")
    bundled = style.font_families()[0]
    entries = [
        e for e in font_manager.fontManager.ttflist if e.name == bundled or "DejaVu" in e.name
    ]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", entries)
    font_manager.fontManager._findfont_cached.cache_clear()
    with style.canvas() as ax:
        ax.plot([-3, 4], [0.001, -2], label=JAPANESE)
        ax.legend()
        ax.set_xticks([-3, 4], [JAPANESE, "横軸"])
        ax.set_xlabel(JAPANESE)
        style.finish(ax, title=Text("t", JAPANESE), alt=Text("a", "あ"))
        drawn(ax)
    drawn(ax)


def test_japanese_tick_labels_made_later_outside_are_drawn_too():
    with style.canvas() as ax:
        style.finish(ax, title=Text("t", "題"), alt=Text("a", "あ"))
    ax.set_xticks([0, 1], ["低い", "高い"])
    drawn(ax)


def test_a_users_own_axes_are_drawn_in_japanese_under_the_users_settings():
    use_language("ja")
    figure, own = plt.subplots()
    with style.canvas(own) as ax:
        assert ax is own
        ax.plot([1, 2], [1, 2], label="信頼")
        ax.legend()
        ax.set_xlabel("得点")
        ax.set_ylabel("継続率")
        style.finish(ax, title=Text("t", "題名"), alt=Text("a", "あ"))
    drawn(own)
    assert figure is own.figure


def test_settings_are_the_users_again_afterwards_even_after_an_error():
    before = dict(mpl.rcParams)
    with pytest.raises(RuntimeError), style.canvas():
        raise RuntimeError
    assert dict(mpl.rcParams) == before
    style.font_families()
    assert dict(mpl.rcParams) == before


def test_importing_the_style_leaves_matplotlibs_settings_alone():
    code = (
        "import matplotlib as mpl, matplotlib.pyplot; before = dict(mpl.rcParams);"
        "import kamlab.foundation.style as s; s.font_families();"
        "assert dict(mpl.rcParams) == before"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_every_look_differs_without_its_colour():
    looks = style.LOOKS
    assert len({look.marker for look in looks}) == len(looks)
    assert len({look.color for look in looks}) == len(looks)


def luminance(color):
    channels = np.array(mpl.colors.to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("color", [style.INK, style.QUIET])
def test_text_has_the_contrast_that_is_asked_of_web_pages(color):
    assert 1.05 / (luminance(color) + 0.05) >= 4.5


def table(estimate, low, high):
    return pd.DataFrame({"estimate": estimate, "conf_low": low, "conf_high": high})


@pytest.mark.parametrize(
    "values",
    [
        ([1.0], [0.5], [1.5]),
        ([1.0], [1.0 + 1e-12], [1.0 - 1e-12]),
        ([1.0], [1.2], [1.5]),
        ([1.0], [0.2], [0.5]),
        ([np.nan], [np.nan], [np.nan]),
        ([], [], []),
    ],
)
def test_intervals_can_be_drawn_wherever_the_estimate_lies(values):
    with style.canvas() as ax:
        style.intervals(ax, table(*values), np.zeros(len(values[0])), look=style.LOOKS[0])
        drawn(ax)


def test_an_interval_is_drawn_from_its_lower_to_its_upper_limit():
    with style.canvas() as ax:
        style.intervals(ax, table([1.0], [1.2], [1.5]), np.zeros(1), look=style.LOOKS[0])
    (bar,) = ax.collections[0].get_segments()
    np.testing.assert_allclose(sorted(bar[:, 0]), [1.2, 1.5])


def test_pictures_are_the_same_bytes_every_time():
    def png():
        with style.canvas() as ax:
            ax.plot([1, 2], [3, 4])
            style.finish(ax, title=Text("t", "題"), alt=Text("a", "あ"))
        return ax.figure.png()

    assert png() == png()


def test_alt_text_is_escaped_in_a_page():
    with style.canvas() as ax:
        style.finish(ax, title=Text("t", "題"), alt=Text('"><script>', "あ"))
    assert "<script" not in ax.figure.html()


def test_terms_stand_from_the_top_down():
    with style.canvas() as ax:
        style.term_axis(ax, ["first", "second"])
    low, high = ax.get_ylim()
    assert low > high
    assert [t.get_text() for t in ax.get_yticklabels()] == ["first", "second"]
