"""Asking whether models agree: `compare_portfolios`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.level import tails
from kamlab.portfolio.classify import classify
from kamlab.portfolio.comparison.portfolio_comparison import FEWEST, PortfolioComparison
from kamlab.portfolio.declaration.library import load_model
from kamlab.portfolio.declaration.model import Model
from kamlab.portfolio.portfolio import Portfolio

Comparable = str | Path | Model | Portfolio


def compare_portfolios(
    data: Company | pd.DataFrame | None = None,
    models: Sequence[Comparable] | Mapping[str, Comparable] = (
        "webster",
        "millman_wilson",
        "bensaou",
        "four_s",
    ),
    *,
    conf_level: float = 0.95,
) -> PortfolioComparison:
    """Put the same accounts into several models and ask how far the models agree.

    Parameters
    ----------
    data : Company or DataFrame, optional
        A company or account table, as `classify` takes it; not needed where all of `models`
        are portfolios.
    models : sequence or mapping
        Names or files of models, models, or portfolios made by `classify`. A mapping gives
        them names of your own, as for two portfolios of one model.
    conf_level : float, default 0.95

    Returns
    -------
    PortfolioComparison
        `tidy()` one row per pair, `cross(model, other)` the cross-table, `augment()` the
        accounts with the most disputed first, `plot()` the streams between the models.

    Raises
    ------
    NotApplicable
        If fewer than two of the models can be applied; the message says why, model by model.
    ArgumentError
        If fewer than two models are given, one twice, or there is no such model.

    Notes
    -----
    Models have different cells, and Cohen's kappa needs common classes: it is that of the
    effort which the cells ask for, little, some or much, with linear weights. Adjusted mutual
    information is that of the cells themselves. Accounts are matched by `account_id`; each
    pair uses those that have a cell in both. Intervals: `jackknife` in `agreement.py`.

    Examples
    --------
    >>> company = kl.sample_company()
    >>> both = kl.compare_portfolios(company, ["bensaou", "four_s"])
    >>> both.cross("bensaou", "four_s").shape
    (4, 4)
    """
    tails(conf_level)
    boards: dict[str, Portfolio] = {}
    left_out: dict[str, Text] = {}
    for key, given in _keyed(models).items():
        try:
            boards[key] = given if isinstance(given, Portfolio) else _classified(data, given)
        except NotApplicable as reason:
            left_out[key] = reason.text
    if len(boards) < FEWEST:
        reasons = [
            say("portfolio.model_left_out", model=key, reason=reason)
            for key, reason in left_out.items()
        ]
        raise NotApplicable(paragraph((say("portfolio.too_few_apply"), *reasons)))
    return PortfolioComparison(portfolios=boards, left_out=left_out, conf_level=conf_level)


def _classified(data: Company | pd.DataFrame | None, model: Model) -> Portfolio:
    if data is None:
        raise ArgumentError(say("portfolio.comparison_needs_data", model=model.id))
    return classify(data, model)


def _keyed(
    models: Sequence[Comparable] | Mapping[str, Comparable],
) -> dict[str, Model | Portfolio]:
    if not isinstance(models, Collection) or isinstance(models, str) or len(models) < FEWEST:
        raise ArgumentError(say("portfolio.comparison_needs_models", got=repr(models)))
    if isinstance(models, Mapping):
        return {str(key): _loaded(given) for key, given in models.items()}
    keyed: dict[str, Model | Portfolio] = {}
    for own in map(_loaded, models):
        key = own.model.id if isinstance(own, Portfolio) else own.id
        if key in keyed:
            raise ArgumentError(say("portfolio.compared_twice", model=key))
        keyed[key] = own
    return keyed


def _loaded(given: Comparable) -> Model | Portfolio:
    return given if isinstance(given, (Model, Portfolio)) else load_model(given)
