"""Fitting a model of purchases: `fit_purchases`."""

from __future__ import annotations

import warnings
from typing import Literal, get_args

import numpy as np
import pandas as pd

from kamlab.foundation.errors import (
    ArgumentError,
    ImproperSolutionWarning,
    ModelError,
    NotApplicable,
)
from kamlab.foundation.language import join, same, say
from kamlab.foundation.lent import frozen
from kamlab.foundation.level import tails
from kamlab.sem.caller import level_of_caller
from kamlab.value.purchases.climb import Summit, climb
from kamlab.value.purchases.exponential import ExponentialDropout
from kamlab.value.purchases.forecast import Estimates
from kamlab.value.purchases.geometric import GeometricDropout
from kamlab.value.purchases.histories import Floats, Groups
from kamlab.value.purchases.influence import influence_of
from kamlab.value.purchases.likelihood import ALPHA, Layout, Likelihood
from kamlab.value.purchases.model import PurchaseModel
from kamlab.value.purchases.process import Process
from kamlab.value.purchases.runaway import runaways, sentence_of
from kamlab.value.purchases.table import Covariates, Names, covariate_names, read_summary

ModelName = Literal["bgnbd", "mbgnbd", "paretonbd"]
PROCESSES: dict[ModelName, Process] = {
    "bgnbd": GeometricDropout(first=0),
    "mbgnbd": GeometricDropout(first=1),
    "paretonbd": ExponentialDropout(),
}
ACCOUNTS_A_PARAMETER = 2
APART = 1e-10
"""Least variance of a combination of standardised covariates that are told apart."""


def fit_purchases(
    summary: pd.DataFrame,
    model: ModelName = "bgnbd",
    covariates: Covariates = None,
    *,
    conf_level: float = 0.95,
) -> PurchaseModel:
    """Fit a model of customers without a contract: how often they buy, and when they leave.

    Parameters
    ----------
    summary : DataFrame
        One row an account, as `kl.summarise_transactions` makes it: `account_id`, `frequency`
        (repeat purchases), `recency` (time from the first purchase to the last), `T` (time from
        the first purchase to the end of observation). A column `count` says that a row stands
        for so many accounts; `account_id` is then not needed.
    model : {"bgnbd", "mbgnbd", "paretonbd"}
        BG/NBD (Fader, Hardie and Lee 2005): may leave after each repeat purchase. MBG/NBD
        (Batislam, Denizel and Filiztekin 2007): after the first one too. Pareto/NBD
        (Schmittlein, Morrison and Colombo 1987): at any time.
    covariates : sequence of str, or mapping, optional
        Columns that do not change with time, such as relationship quality: for buying and
        leaving alike, or `{"purchase": [...], "dropout": [...]}`.
    conf_level : float, default 0.95

    Returns
    -------
    PurchaseModel
        `tidy()` parameters, `augment()` who is still a customer and what is to come.

    Raises
    ------
    ArgumentError
        If the model or the form of `covariates` is unknown, or a covariate is made of the
        purchases themselves, such as `frequency`.
    DataError
        If rows cannot be, such as a last purchase after the end.
    NotApplicable
        If columns are missing, nobody has bought twice, or there are too few accounts.
    ModelError
        If covariates cannot be told apart, or no maximum is found.

    Warns
    -----
    ImproperSolutionWarning
        If parameters run off, for the data show, for instance, nobody who left.
    RowsLeftOutWarning
        If covariates are missing.

    Notes
    -----
    An account buys at rate `lambda`, gamma-distributed with shape `r` and rate `alpha`. Under
    BG/NBD and MBG/NBD it leaves after a purchase with chance `p`, beta-distributed with `a` and
    `b`; under Pareto/NBD at rate `mu`, gamma-distributed with shape `s` and rate `beta`.
    Maximum likelihood over the logarithms of the parameters; the log-likelihood is in the
    summary's own unit of time. Standard errors come from the observed information.

    Covariates: `alpha exp(-g'z)` and `beta exp(-h'z)`, as in Fader and Hardie's note of 2007,
    and `a exp(h'z)`, one coefficient a covariate where they give `a` and `b` one each. So `g`
    is the logarithm by which the mean rate of buying multiplies per unit, and `h` that of the
    mean rate, or of `a / b`, of leaving.

    Examples
    --------
    >>> fit = kl.fit_purchases(kl.load("cdnow"), "bgnbd")
    >>> fit.tidy()["estimate"].round(3).tolist()
    [0.243, 4.414, 0.793, 2.426]
    """
    tails(conf_level)
    if model not in PROCESSES:
        known = join([same(name) for name in get_args(ModelName)])
        raise ArgumentError(say("value.purchases_unknown_model", model=repr(model), known=known))
    process, (purchase, dropout) = PROCESSES[model], covariate_names(covariates)
    table = read_summary(summary, purchase, dropout)
    terms = (
        *process.names,
        *(f"purchase:{name}" for name in purchase),
        *(f"dropout:{name}" for name in dropout),
    )
    _check(table.groups, len(terms))
    layout = Layout(process, len(purchase), len(dropout))
    scaled, own = _scaled(table.groups, layout, (purchase, dropout))
    likelihood = Likelihood(layout, scaled)
    summit = _highest(likelihood, tuple(dict.fromkeys((*purchase, *dropout))))
    gone = runaways(summit.flat, terms, likelihood.expected_gone(summit.point.theta))
    if gone:
        words = str(sentence_of(gone))
        warnings.warn(words, ImproperSolutionWarning, stacklevel=level_of_caller())
    return PurchaseModel(
        model=model,
        terms=terms,
        covariates=(purchase, dropout),
        estimates=Estimates(
            layout, frozen(own @ summit.point.theta), frozen(own @ summit.covariance @ own.T)
        ),
        loglik=summit.point.value,
        runaways=gone,
        influence=frozen(influence_of(likelihood, summit)[table.groups.group]),
        groups=table.groups,
        rows=table.rows,
        n_left_out=table.n_left_out,
        conf_level=conf_level,
    )


def _check(groups: Groups, n_terms: int) -> None:
    accounts, fewest = int(groups.counts.sum()), ACCOUNTS_A_PARAMETER * n_terms
    if accounts < fewest:
        raise NotApplicable(say("value.purchases_too_few", count=accounts, fewest=fewest))
    if not groups.histories.x.any():
        raise NotApplicable(say("value.purchases_no_repeats", count=accounts))


def _scaled(groups: Groups, layout: Layout, names: tuple[Names, Names]) -> tuple[Groups, Floats]:
    """Standardise covariates; return also the matrix that takes estimates to their own units."""
    process, histories = layout.process, groups.histories
    own = np.eye(4 + layout.n_purchase + layout.n_dropout)
    places = ((ALPHA, -1), (process.dropout_place, process.dropout_sign))
    sides, at = [], 4
    for values, (place, sign), side in zip(
        (histories.purchase, histories.dropout), places, names, strict=True
    ):
        centre = np.average(values, axis=1, weights=groups.counts)[:, None]
        spread = np.sqrt(np.average((values - centre) ** 2, axis=1, weights=groups.counts))
        _check_apart(values - centre, spread, groups.counts, side)
        for mean, width in zip(centre[:, 0], spread, strict=True):
            own[at, at] = 1 / width
            own[place, at] = -sign * mean / width
            at += 1
        sides.append((values - centre) / spread[:, None])
    return Groups(histories.with_covariates(*sides), groups.counts, groups.group), own


def _check_apart(values: Floats, spread: Floats, counts: Floats, names: Names) -> None:
    alike = [name for name, width in zip(names, spread, strict=True) if not width > 0]
    if alike or (names and _least(values / spread[:, None], counts) < APART):
        listed = join([same(name) for name in alike or names])
        raise ModelError(say("value.purchases_collinear", names=listed))


def _least(values: Floats, counts: Floats) -> float:
    """Return the least variance of a combination of standardised covariates."""
    return float(np.linalg.eigvalsh((values * counts) @ values.T / counts.sum())[0])


def _highest(likelihood: Likelihood, covariates: Names) -> Summit:
    """Return the highest summit; another start is tried where the first leads to no maximum."""
    groups, q = likelihood.groups, likelihood.layout.n_purchase + likelihood.layout.n_dropout
    time = groups.counts @ groups.histories.T
    rate = float(groups.counts @ groups.histories.x / time)
    summits = []
    for start in likelihood.layout.process.starts(rate, float(time / groups.counts.sum())):
        summits.append(climb(likelihood.look, np.r_[start, np.zeros(q)]))
        if summits[-1].converged and not summits[-1].flat.size:
            break
    good = [one for one in summits if one.converged]
    if not good:
        names = join([same(name) for name in covariates])
        key = "purchases_no_maximum_covariates" if covariates else "purchases_no_maximum"
        raise ModelError(say(f"value.{key}", names=names))
    return max(good, key=lambda one: one.point.value)
