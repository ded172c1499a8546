"""Classifying accounts: `classify`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.tables import table
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import join, say
from kamlab.portfolio.declaration.adjusting import GivenCut, with_cuts, with_weights
from kamlab.portfolio.declaration.library import load_model
from kamlab.portfolio.declaration.model import Model
from kamlab.portfolio.engine.axes import number_axis
from kamlab.portfolio.engine.gather import Evidence, gather
from kamlab.portfolio.portfolio import Portfolio


def classify(
    data: Company | pd.DataFrame,
    model: str | Path | Model = "bensaou",
    *,
    cut: GivenCut | Mapping[str, GivenCut] | None = None,
    weights: Mapping[str, float] | None = None,
    wave: int | None = None,
) -> Portfolio:
    """Put accounts into the cells of a classification model.

    Parameters
    ----------
    data : Company or DataFrame
        A company, whose account table, facts (`account_facts`) and survey are searched for
        what the model needs; or one table with `account_id` and the columns of the model.
        Several rows of one account are taken as the ratings of several people: they are
        averaged, and their disagreement is part of the doubt.
    model : str, Path or Model, default "bensaou"
        A model that comes with kamlab (`models()` lists them), the path of a `.toml` file of
        your own, or a model from `load_model`.
    cut : {"midpoint", "median"}, float or sequence of float, optional
        From where on an axis is high; the model's own rule if left out. A mapping from axes to
        cuts changes some axes only. A median cut makes about half of the accounts high
        whatever their ratings are.
    weights : mapping of str to float, optional
        Other weights for some columns; 0 leaves a column out.
    wave : int, optional
        The wave of the survey to use; each account's last one if left out.

    Returns
    -------
    Portfolio
        `augment()` one row per account, `explain(account_id)` in words, `plot()` the map,
        `what_would_move(account_id, cell)` the smallest change that moves an account.

    Raises
    ------
    NotApplicable
        If columns that the model needs are missing; the message names them.
    ModelError
        If the model's file is not right.
    ArgumentError
        If there is no such model, cut, weight or wave, or ratings lie off the model's scale.

    Warns
    -----
    RecalledClaimWarning
        If the model's scale or a cut is remembered, not read in its source.

    Notes
    -----
    An axis is the weighted mean of its known items, `sum(w s) / sum(w)`, where items with at
    least half of the weight are known. A score on a cut counts as high. On an axis of rules an
    account has the highest level all of whose conditions are known to hold. Every account of the
    table is placed, also one that has left.

    Facts are as of today and survey answers those of the last wave, unless `wave` is given: such
    a cell must not explain what happened before.

    Examples
    --------
    >>> board = kl.classify(kl.sample_company(), "bensaou")
    >>> board.tidy()["n_accounts"].tolist()
    [77, 59, 56, 48]
    """
    declared = model if isinstance(model, Model) else load_model(model)
    if weights is not None:
        declared = with_weights(declared, weights)
    if cut is not None:
        declared = with_cuts(declared, cut)
    evidence = gather(data, declared.columns, of=declared.name, wave=wave)
    return place_evidence(declared, evidence)


def place_evidence(model: Model, evidence: Evidence) -> Portfolio:
    """Return the portfolio of accounts of which everything needed is known already."""
    scale = model.scale.use()
    for axis in model.axes:
        axis.cut.use()
    _refuse_other_scale(model)
    _refuse_off_scale(model, evidence)
    numbers = tuple(number_axis(axis, evidence.values, scale) for axis in model.axes)
    return Portfolio(model=model, evidence=evidence, numbers=numbers)


def _refuse_other_scale(model: Model) -> None:
    """Refuse ratings that kamlab knows to be given on another scale than the model's."""
    low, high = model.scale.value
    given = {
        column.name: column for name in ("accounts", "survey") for column in table(name).columns
    }
    wrong = [
        say("portfolio.rated_from_to", column=c.name, low=f"{c.minimum:g}", high=f"{c.maximum:g}")
        for axis in model.axes
        for item in axis.items
        if item.is_rating and (c := given.get(item.column)) is not None
        if c.minimum is not None and c.maximum is not None and (c.minimum, c.maximum) != (low, high)
    ]
    if wrong:
        words = {"model": model.name, "low": f"{low:g}", "high": f"{high:g}"}
        raise ArgumentError(say("portfolio.other_scale", columns=join(wrong), **words))


def _refuse_off_scale(model: Model, evidence: Evidence) -> None:
    low, high = model.scale.value
    wrong = []
    given = evidence.values if evidence.raters is None else evidence.raters
    for column in {i.column for axis in model.axes for i in axis.items if i.is_rating and i.weight}:
        values = given[column] if column in given else evidence.values[column]
        outside = ~(values.isna() | values.between(low, high))
        if outside.any():
            place = int(outside.to_numpy().argmax())
            value = values.iloc[place]
            account = evidence.accounts["account_id"].iloc[int(values.index[place])]
            words = {"count": int(outside.sum()), "value": f"{value:g}"}
            wrong.append(say("portfolio.off_scale", column=column, account=account, **words))
    if wrong:
        words = {"model": model.name, "low": f"{low:g}", "high": f"{high:g}"}
        raise ArgumentError(say("portfolio.ratings_off_scale", columns=join(wrong), **words))
