"""Assumptions that data can speak to, each looked at in one way."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.tools.sm_exceptions import PerfectSeparationError

from kamlab.accounts.tables import constructs
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import join, say
from kamlab.hypotheses.evidence import Check
from kamlab.hypotheses.tables import Tables
from kamlab.panel.design import Design, told_apart
from kamlab.retention.renewal.result import FEW_EVENTS

Array = NDArray[np.float64]

FEWEST_ACCOUNTS = 40
"""Clustered errors are too small with fewer clusters than this, or so (Angrist & Pischke 2009)."""
MOST_LOST = 0.10
"""Share of rows beyond which those that are left may be of another kind: our choice."""
LEAST_RELIABILITY = 0.90
"""Reliability of a score below which its slope is off by a tenth or more, were it alone."""
MOST_MOVED = 1.0
"""Standard errors by which a single account may move the estimate: our choice."""
BENT = 0.01
"""p-value of the square of the prediction below which a line does not do: our choice, since so
many are looked at."""
FEWEST_LEAVERS = 20
"""In the periods foretold; with fewer, one account moves an AUC by several points: our choice."""
LEAST_CFI, MOST_RMSEA = 0.95, 0.08
"""Fit of a structural model below and above which it is called poor (Hu & Bentler 1999; Browne &
Cudeck 1993)."""


def enough_accounts(count: int) -> Check:
    """Whether there are enough accounts for errors by account."""
    return Check(
        say("hypotheses.check_accounts"),
        count >= FEWEST_ACCOUNTS,
        say("hypotheses.seen_accounts", count=count, fewest=FEWEST_ACCOUNTS),
    )


def enough_events(events: float) -> Check:
    """Whether enough accounts left (or stayed) for so many terms."""
    return Check(
        say("hypotheses.check_events"),
        events >= FEW_EVENTS,
        say("hypotheses.seen_events", events=f"{events:.1f}", fewest=FEW_EVENTS),
    )


def few_rows_lost(n_lost: int, n_used: int) -> Check:
    """Whether few rows were lost."""
    share = n_lost / (n_lost + n_used)
    return Check(
        say("hypotheses.check_lost"),
        share <= MOST_LOST,
        say("hypotheses.seen_lost", count=n_lost, share=f"{share:.0%}"),
    )


def scores_without_error(predictors: Sequence[str], tables: Tables) -> list[Check]:
    """Whether the scores that explain are reliable; nothing if none does."""
    words = {one.name: one.label for one in constructs() if one.name in predictors}
    if not words:
        return []
    assumption = say("hypotheses.check_scores")
    if isinstance(tables.error, NotApplicable):
        return [Check(assumption, None, tables.error.text)]
    known = tables.error.tidy().set_index("term")["reliability"]
    own = known.reindex(list(words))
    if own.isna().any():
        names = join([words[str(name)] for name in own.index[own.isna()]])
        return [Check(assumption, None, say("hypotheses.seen_unknown_error", names=names))]
    name = str(own.idxmin())
    return [
        Check(
            assumption,
            bool(own.min() >= LEAST_RELIABILITY),
            say("hypotheses.seen_scores", name=words[name], reliability=f"{own.min():.0%}"),
        )
    ]


def no_account_decides(influence: Array, std_error: float, accounts: pd.Series) -> Check:
    """Whether the estimate would be about the same without any one account.

    Parameters
    ----------
    influence : ndarray, shape (rows,)
        By how much each row moves the estimate, to first order.
    std_error : float
    accounts : Series, shape (rows,)
    """
    moved = pd.Series(influence).groupby(accounts.to_numpy()).sum().abs() / std_error
    return Check(
        say("hypotheses.check_single"),
        bool(moved.max() <= MOST_MOVED),
        say("hypotheses.seen_single", account=moved.idxmax(), moved=f"{moved.max():.2f}"),
    )


def straight_line(design: Design, predictor: Array, *, binary: bool) -> list[Check]:
    """Whether the square of the prediction adds nothing to it (Pregibon 1980; Ramsey 1969).

    Parameters
    ----------
    design : Design
    predictor : ndarray, shape (rows,)
    binary : bool
        Whether the outcome is yes or no.
    """
    spread = np.std(predictor)
    if not spread > 0:
        return []
    centred = (predictor - predictor.mean()) / spread
    terms = np.column_stack([np.ones(len(centred)), centred, centred**2])
    if not told_apart(terms):
        return []
    p_value = _p_of_last(design, terms, binary)
    return [
        Check(
            say("hypotheses.check_straight"),
            bool(p_value >= BENT) if np.isfinite(p_value) else None,
            say("hypotheses.seen_straight", p=f"{p_value:.3f}")
            if np.isfinite(p_value)
            else say("hypotheses.unseen_straight"),
        )
    ]


def _p_of_last(design: Design, terms: Array, binary: bool) -> float:
    """Return the p-value of the last term, NaN where the regression has no solution."""
    more = {"disp": 0} if binary else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = (sm.Logit if binary else sm.OLS)(design.outcome.to_numpy(), terms)
            fit = model.fit(**design.cluster, **more)
    except (np.linalg.LinAlgError, PerfectSeparationError):
        return float("nan")
    if binary and not fit.mle_retvals["converged"]:
        return float("nan")
    return float(design.p_value(fit.tvalues[2]))


def varied_ranks(columns: pd.DataFrame) -> Check:
    """Whether ranks have few ties; data cannot tell what many ties hide."""
    share = max(float(columns[name].value_counts(normalize=True).max()) for name in columns)
    return Check(
        say("hypotheses.check_ties"),
        True if share <= 0.5 else None,
        say("hypotheses.seen_ties", share=f"{share:.0%}"),
    )


def model_fits(cfi: float, rmsea: float, df: int) -> Check:
    """Whether a structural model fits; a saturated one always does, so it cannot tell."""
    if df == 0:
        return Check(say("hypotheses.check_fit"), None, say("hypotheses.seen_saturated"))
    return Check(
        say("hypotheses.check_fit"),
        cfi >= LEAST_CFI and rmsea <= MOST_RMSEA,
        say("hypotheses.seen_fit", cfi=f"{cfi:.3f}", rmsea=f"{rmsea:.3f}"),
    )


def enough_leavers(count: int) -> Check:
    """Whether enough accounts left in the periods foretold."""
    return Check(
        say("hypotheses.check_leavers"),
        count >= FEWEST_LEAVERS,
        say("hypotheses.seen_leavers", count=count, fewest=FEWEST_LEAVERS),
    )
