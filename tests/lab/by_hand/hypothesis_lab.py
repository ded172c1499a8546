"""Answers of notebook 11, from likelihoods and by sorting."""

import math

import numpy as np
import statsmodels.api as sm
from scipy import stats

import kamlab as kl
from tests.lab.by_hand.question import Question


def logit(company, *names):
    """Return estimates and errors clustered by account, and the degrees of freedom."""
    rows = kl.analysis_table(company)
    rows = rows[rows["decided"]].dropna(subset=list(names))
    fit = sm.Logit(rows["stayed"].astype(float), sm.add_constant(rows[list(names)])).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": rows["account_id"].factorize()[0]}
    )
    return fit.params[names[0]], fit.bse[names[0]], rows["account_id"].nunique() - 1


def lowest_plausible(company):
    estimate, error, df = logit(company, "trust", "tenure")
    return float(estimate - stats.t.ppf(0.975, df) * error)


def p_of(company, name):
    estimate, error, df = logit(company, name)
    return 2 * stats.t.sf(abs(estimate / error), df)


def sorted_and_multiplied(company):
    names = np.array(["trust", "tenure", "size"])
    alone = np.array([p_of(company, name) for name in names])
    order = alone.argsort()
    stepped = np.minimum(1, np.maximum.accumulate(alone[order] * [3, 2, 1]))
    return float(dict(zip(names[order], stepped, strict=True))["tenure"])


def any_decided(_):
    """Add up the chances of exactly one, two, … five."""
    return sum(math.comb(5, k) * 0.05**k * 0.95 ** (5 - k) for k in range(1, 6))


QUESTIONS = (
    Question(
        "11-highest-end",
        lowest_plausible,
        hint='"stayed ~ trust + tenure"',
        wrong=(0.0, lambda company: float(logit(company, "trust", "tenure")[0])),
        digits=3,
    ),
    Question(
        "11-holm-by-hand",
        sorted_and_multiplied,
        hint="p_corrected",
        wrong=(lambda company: float(p_of(company, "tenure")), 0.05),
    ),
    Question(
        "11-one-false-of-five",
        any_decided,
        hint="0.95",
        wrong=(0.25, 1 - 0.975**5, 0.05),  # added up, supported only, one claim
        digits=3,
        of_company=False,
    ),
)
