"""The trust explorer: move one account's trust and see what follows."""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets as widgets
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from kamlab.accounts.identity import captions
from kamlab.accounts.tables import ITEM_RANGE
from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, money, say, unit
from kamlab.foundation.level import tails
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.value.chain import check_fits
from kamlab.value.prospects import Drawn, Prospects, redrawn, valued_accounts
from kamlab.value.regression.result import ValueRegression

STEP = 0.1
SEED = 0
DRAWS = 500
MARGINS = {"left": 0.07, "right": 0.985, "bottom": 0.16, "top": 0.88, "wspace": 0.16}
WIDE = widgets.Layout(width="32rem")
OFFERED = 12
"""Accounts that the explorer offers, those worth most first."""


@dataclass(frozen=True, slots=True)
class TrustCurve:
    """One account's prospects at every level of trust.

    Attributes
    ----------
    account : str
        Id and name.
    trust : ndarray, shape (levels,)
        From 1 to 7 points.
    stay_probability, stay_low, stay_high : ndarray, shape (levels,)
    value, value_low, value_high : ndarray, shape (levels,)
        Lifetime value in money.
    measured : float
        Trust as the last survey found it, to a tenth of a point as the slider has it.
    currency : str
    """

    account: str
    trust: NDArray[np.float64]
    stay_probability: NDArray[np.float64]
    stay_low: NDArray[np.float64]
    stay_high: NDArray[np.float64]
    value: NDArray[np.float64]
    value_low: NDArray[np.float64]
    value_high: NDArray[np.float64]
    measured: float
    currency: str

    def at(self, trust: float) -> tuple[float, float]:
        """Return the probability of staying and the value at some level of trust."""
        probability = np.interp(trust, self.trust, self.stay_probability)
        return float(probability), float(np.interp(trust, self.trust, self.value))

    def sentence(self, trust: float) -> Text:
        """Say what that level of trust would mean."""
        probability, value = self.at(trust)
        return say(
            "lab.trust_sentence",
            account=self.account,
            measured=f"{self.measured:.1f}",
            trust=f"{trust:.1f}",
            probability=f"{probability:.0%}",
            value=money(value, self.currency),
            gain=money(value - self.at(self.measured)[1], self.currency),
        )


def compute_trust(
    stay: RenewalRegression,
    worth: ValueRegression,
    account_id: str,
    drawn: Drawn | None = None,
) -> TrustCurve:
    """Return one account's prospects at every level of trust, all else as it is.

    Parameters
    ----------
    stay, worth : RenewalRegression, ValueRegression
        Regressions with `trust` among their terms.
    account_id : str
    drawn : Drawn, optional
        Both regressions fitted to draws of accounts, from `redrawn`; drawn here if left out.

    Raises
    ------
    ArgumentError
        If the account is not a present one with known quality and margin.
    NotApplicable
        If neither regression has `trust`.
    """
    if "trust" not in {*stay.design.predictors, *worth.design.predictors}:
        raise NotApplicable(say("lab.no_trust"))
    accounts = valued_accounts(stay, worth)
    own = accounts[accounts["account_id"] == account_id]
    if own.empty:
        raise ArgumentError(say("lab.unknown_account", account=account_id))
    low, high = ITEM_RANGE
    levels = np.linspace(low, high, round((high - low) / STEP) + 1)
    before = pd.concat([own] * len(levels), ignore_index=True)
    prospects = Prospects.of(stay, worth, before, before.assign(trust=levels))
    drawn = drawn or redrawn(stay, worth, DRAWS, SEED)
    # One account stands in one place, whatever the level that it is moved to.
    place = np.random.default_rng(SEED).standard_normal((len(drawn.stay.coefficients), 1))
    noise = np.broadcast_to(place, (len(place), len(levels)))
    limits = tails(stay.conf_level)
    stay_low, stay_high = np.quantile(prospects.drawn_chances(drawn, noise)[1], limits, axis=0)
    value_low, value_high = np.quantile(prospects.drawn_values(drawn, noise)[1], limits, axis=0)
    return TrustCurve(
        account=captions(own)[0],
        trust=levels,
        stay_probability=prospects.chances()[1],
        stay_low=stay_low,
        stay_high=stay_high,
        value=prospects.values()[1],
        value_low=value_low,
        value_high=value_high,
        measured=round(float(own["trust"].item()), 1),
        currency=worth.currency,
    )


def draw_trust(curve: TrustCurve, trust: float) -> style.DescribedFigure:
    """Draw both curves with a mark at one level of trust."""
    with style.drawing():
        figure = style.new_figure(width=8.4, height=3.4)
        left, right = figure.subplots(1, 2, gridspec_kw=MARGINS)
        look, second, *_ = style.LOOKS
        left.fill_between(curve.trust, curve.stay_low, curve.stay_high, color=style.FAINT)
        left.plot(curve.trust, curve.stay_probability, color=look.color)
        left.set_ylim(0, 1.02)
        left.yaxis.set_major_formatter(mpl.ticker.PercentFormatter(1.0))
        millions = (curve.value_low / 1e6, curve.value_high / 1e6)
        right.fill_between(curve.trust, *millions, color=style.FAINT)
        right.plot(curve.trust, curve.value / 1e6, color=look.color)
        right.set_ylim(0, 1.05 * curve.value_high.max() / 1e6)
        probability, value = curve.at(trust)
        for ax, height in ((left, probability), (right, value / 1e6)):
            _mark(ax, curve, trust, height, second)
        labels = (say("lab.stay_axis"), say("lab.value_axis", unit=unit(curve.currency)))
        for ax, label in zip((left, right), labels, strict=True):
            ax.set_xlabel(str(say("lab.trust_axis")))
            style.finish(ax, title=label, alt=curve.sentence(trust))
    return figure


def _mark(ax: Axes, curve: TrustCurve, trust: float, height: float, look: style.Look) -> None:
    ax.axvline(curve.measured, color=style.QUIET, linewidth=1, linestyle=":")
    ax.plot(trust, height, look.marker, color=look.color, markersize=9)
    ax.set_xlim(*ITEM_RANGE)


def explore_trust(stay: RenewalRegression, worth: ValueRegression) -> widgets.VBox:
    """Return an explorer: choose an account, move its trust, watch staying and value.

    Parameters
    ----------
    stay, worth : RenewalRegression, ValueRegression
        Regressions with `trust` among their terms.

    Returns
    -------
    VBox
        A drop-down list, a slider, a sentence and a figure with alt text.

    Raises
    ------
    NotApplicable
        If neither regression has `trust`, or no present account can be valued.

    Examples
    --------
    >>> company = kl.sample_company()
    >>> stay = kl.fit_retention("stayed ~ trust + tenure", company)
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", company)
    >>> explorer = kl.explore_trust(stay, worth)
    """
    check_fits(stay, worth)
    accounts = valued_accounts(stay, worth).nlargest(OFFERED, "latest_margin")
    options = list(zip(captions(accounts), accounts["account_id"], strict=True))
    account = widgets.Dropdown(options=options, description=str(say("lab.account")), layout=WIDE)
    low, high = ITEM_RANGE
    trust = widgets.FloatSlider(
        min=low,
        max=high,
        step=STEP,
        description=str(say("lab.trust")),
        readout_format=".1f",
        layout=WIDE,
    )
    sentence, picture = widgets.HTML(), widgets.HTML()
    drawn = redrawn(stay, worth, DRAWS, SEED)
    curve = compute_trust(stay, worth, account.value, drawn)

    def show(_: object = None) -> None:
        sentence.value = style.html_text(str(curve.sentence(trust.value)))
        picture.value = draw_trust(curve, trust.value).html()

    def choose(_: object = None) -> None:
        nonlocal curve
        curve = compute_trust(stay, worth, account.value, drawn)
        if trust.value == curve.measured:
            show()
        trust.value = curve.measured

    account.observe(choose, names="value")
    trust.observe(show, names="value")
    choose()
    return widgets.VBox([account, trust, sentence, picture])
