"""Accounts that move the estimates by themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlab.foundation.language import Text, join, say
from kamlab.value.purchases.climb import Summit
from kamlab.value.purchases.histories import Floats
from kamlab.value.purchases.likelihood import Likelihood

INFLUENTIAL = 0.5
"""Standard errors by which one account may move a log-parameter before it is named."""
SHOWN = 5


def influence_of(likelihood: Likelihood, summit: Summit) -> Floats:
    """Return how far, in standard errors, dropping one account would move a log-parameter.

    One Newton step from the estimates, the largest of all parameters; shape (groups,).
    """
    moves = summit.covariance @ likelihood.scores(summit.point.theta)
    errors = np.sqrt(np.diag(summit.covariance))
    return np.asarray(np.abs(moves / np.maximum(errors, np.finfo(float).tiny)[:, None]).max(axis=0))


def influential(rows: pd.DataFrame, influence: Floats) -> tuple[Text, ...]:
    """Name the accounts that move the estimates; nothing is said where none does.

    Parameters
    ----------
    rows : DataFrame
    influence : ndarray, shape (rows,)
    """
    order = np.argsort(-influence, kind="stable")
    order = order[influence[order] > INFLUENTIAL]
    if not order.size:
        return ()
    who = rows.get("account_id", rows.index.to_series()).iloc[order[:SHOWN]]
    moves = [
        say("value.purchases_moves", account=account, moves=f"{size:.1f}")
        for account, size in zip(who, influence[order], strict=False)
    ]
    return (say("value.purchases_influential", count=len(order), accounts=join(moves)),)
