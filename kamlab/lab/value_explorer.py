"""The value explorer: move retention and the discount rate and see what a customer is worth."""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, current_language, money, paragraph, say, unit
from kamlab.selection.arguments import is_number
from kamlab.value.lifetime import FirstMargin, assumptions, lifetime_value

RETENTION = (0.30, 0.99)
DISCOUNT = (0.01, 0.25)
STEPS = (0.01, 0.10)
POINT = 0.01
CLAIM = 0.25
"""The gain that the saying promises for five points; drawn, not assumed."""

HIGHEST_GAIN = 1.0
MARGINS = {"left": 0.1, "right": 0.985, "bottom": 0.16, "top": 0.88, "wspace": 0.22}
WIDE = widgets.Layout(width="32rem")
STYLE = {"description_width": "10rem"}


@dataclass(frozen=True, slots=True)
class ValueCurve:
    """A customer's lifetime value at every retention rate.

    Attributes
    ----------
    retention_rate : ndarray, shape (rates,)
    value : ndarray, shape (rates,)
        Lifetime value in money.
    margin, discount_rate : float
    horizon : int or None
    first_margin : {"after_one_period", "now"}
    currency : str
    """

    retention_rate: NDArray[np.float64]
    value: NDArray[np.float64]
    margin: float
    discount_rate: float
    horizon: int | None
    first_margin: FirstMargin
    currency: str

    def at(self, retention_rate: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the value at some retention rate, 0 to 1."""
        return lifetime_value(
            self.margin,
            retention_rate,
            self.discount_rate,
            horizon=self.horizon,
            first_margin=self.first_margin,
        )

    def gains(self, step: float) -> NDArray[np.float64]:
        """Return the relative gain from a step, at the rates that leave room for it."""
        rates = self.retention_rate[has_room(self.retention_rate, step)]
        return np.asarray(self.at(rates + step) / self.at(rates) - 1)

    def sentence(self, retention_rate: float, step: float) -> Text:
        """Say what the customer is worth, and what a step in retention would add."""
        value = float(self.at(retention_rate))
        words: dict[str, object] = {
            "retention": f"{retention_rate:.0%}",
            "discount": f"{self.discount_rate:.0%}",
            "value": money(value, self.currency),
            "margin": money(self.margin, self.currency),
        }
        now = say("lab.explore_value_now", **words)
        step_words = {"step": f"{100 * step:.0f}", "highest": f"{RETENTION[1]:.0%}"}
        if not has_room(retention_rate, step):
            return paragraph((now, say("lab.explore_value_no_room", **step_words)))
        gain = float(self.at(retention_rate + step)) - value
        added = {"gain": money(gain, self.currency), "share": f"{gain / value:+.1%}"}
        return paragraph((now, say("lab.explore_value_gain", **step_words, **added)))


def compute_value(
    margin: float,
    discount_rate: float,
    *,
    currency: str = "JPY",
    horizon: int | None = None,
    first_margin: FirstMargin = "after_one_period",
) -> ValueCurve:
    """Return a customer's lifetime value at every retention rate from 30 to 99 %.

    Parameters
    ----------
    margin, discount_rate, horizon, first_margin
        Of one customer, as in `kl.lifetime_value`; the margin above 0, the horizon 1 or more.
    currency : str, default "JPY"

    Raises
    ------
    ArgumentError
        If the margin is not above 0, the horizon is 0, or an argument is not one that
        `lifetime_value` takes.
    """
    if not (is_number(margin) and margin > 0) or horizon == 0:
        raise ArgumentError(say("lab.explore_value_nothing", margin=repr(margin), horizon=horizon))
    low, high = RETENTION
    rates = np.linspace(low, high, round((high - low) / POINT) + 1)
    value = lifetime_value(margin, rates, discount_rate, horizon=horizon, first_margin=first_margin)
    return ValueCurve(
        retention_rate=rates,
        value=value,
        margin=margin,
        discount_rate=discount_rate,
        horizon=horizon,
        first_margin=first_margin,
        currency=currency,
    )


def has_room(retention_rate: ArrayLike, step: float) -> NDArray[np.bool_]:
    """Return whether retention after a step is still within what the explorer shows."""
    return np.asarray(np.asarray(retention_rate) + step < RETENTION[1] + POINT / 2)


def draw_lifetime_value(
    curve: ValueCurve, retention_rate: float, step: float = 0.05
) -> style.DescribedFigure:
    """Draw value and gain over retention, with a mark at one rate.

    Parameters
    ----------
    curve : ValueCurve
        From `compute_value`.
    retention_rate : float
        Where the mark stands, from 0.30 to 0.99.
    step : float, default 0.05
        Points of retention, from 0.01 to 0.10.
    """
    with style.drawing():
        figure = style.new_figure(width=8.4, height=3.5)
        left, right = figure.subplots(1, 2, gridspec_kw=MARGINS)
        _draw_value(left, curve, retention_rate, step)
        _draw_gain(right, curve, retention_rate, step)
        of = unit(curve.currency)
        titles = (
            say("lab.explore_value_axis", unit=Text(of.en, of.ja.strip())),
            say("lab.explore_value_gain_axis", step=f"{100 * step:.0f}"),
        )
        alt = curve.sentence(retention_rate, step)
        for ax, title in zip((left, right), titles, strict=True):
            ax.set_xlim(*RETENTION)
            ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            ax.set_xlabel(str(say("lab.explore_value_retention_axis")))
            style.finish(ax, title=title, alt=alt)
    return figure


def _draw_value(ax: Axes, curve: ValueCurve, retention_rate: float, step: float) -> None:
    look, second, *_ = style.LOOKS
    language = current_language()
    ax.plot(curve.retention_rate, curve.value, color=look.color)
    if has_room(retention_rate, step):
        ends = np.array([retention_rate, retention_rate + step])
        ax.plot(ends, curve.at(ends), "-", color=second.color, linewidth=3)
        ax.plot(ends[1], curve.at(ends)[1], "^", color=second.color, markersize=7)
    ax.plot(retention_rate, curve.at(retention_rate), second.marker, color=second.color, ms=9)
    ax.set_ylim(0, 1.05 * curve.value.max())
    ax.yaxis.set_major_formatter(
        FuncFormatter(lambda amount, _: money(amount, "").in_language(language))
    )


def _draw_gain(ax: Axes, curve: ValueCurve, retention_rate: float, step: float) -> None:
    look, second, *_ = style.LOOKS
    gains = curve.gains(step)
    ax.axhline(CLAIM, color=style.QUIET, linewidth=1, linestyle=":")
    ax.plot(curve.retention_rate[: len(gains)], gains, color=look.color)
    if has_room(retention_rate, step):
        gain = np.interp(retention_rate, curve.retention_rate[: len(gains)], gains)
        ax.plot(retention_rate, gain, second.marker, color=second.color, ms=9, clip_on=False)
    ax.set_ylim(0, max(HIGHEST_GAIN, float(gains.max())) * 1.05)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def explore_lifetime_value(
    margin: float = 1_000_000,
    currency: str = "JPY",
    *,
    horizon: int | None = None,
    first_margin: FirstMargin = "after_one_period",
) -> widgets.VBox:
    """Return an explorer: move retention, discount rate and step, watch the lifetime value.

    Parameters
    ----------
    margin : float, default 1,000,000
        Net margin a period, in money, above 0.
    currency : str, default "JPY"
    horizon, first_margin
        As in `kl.lifetime_value`.

    Returns
    -------
    VBox
        Three sliders, a sentence and a figure with alt text.

    Raises
    ------
    ArgumentError
        If an argument is not one that `kl.lifetime_value` takes, or the margin is not above 0.

    Examples
    --------
    >>> from kamlab.lab.value_explorer import explore_lifetime_value
    >>> explorer = explore_lifetime_value(margin=100, currency="EUR")
    """
    retention, discount, step = (
        _slider(f"lab.explore_value_{name}", ends, value)
        for name, ends, value in (
            ("retention", RETENTION, 0.80),
            ("discount", DISCOUNT, 0.10),
            ("step", STEPS, 0.05),
        )
    )
    sentence, picture = widgets.HTML(), widgets.HTML()

    def show(_: object = None) -> None:
        curve = compute_value(
            margin, discount.value, currency=currency, horizon=horizon, first_margin=first_margin
        )
        now = retention.value, step.value
        sentence.value = style.html_text(str(curve.sentence(*now)))
        picture.value = draw_lifetime_value(curve, *now).html()

    for slider in (retention, discount, step):
        slider.observe(show, names="value")
    show()
    convention = widgets.HTML(style.html_text(str(assumptions(horizon, first_margin, 0.0))))
    return widgets.VBox([retention, discount, step, sentence, picture, convention])


def _slider(words: str, ends: tuple[float, float], value: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=ends[0],
        max=ends[1],
        step=POINT,
        description=str(say(words)),
        readout_format=".0%",
        layout=WIDE,
        style=STYLE,
    )
