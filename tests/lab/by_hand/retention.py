"""Answers of notebook 07, counted, by statsmodels and by maximum likelihood."""

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import betaln

import kamlab as kl
from tests.lab.by_hand.question import Question


def decided(company):
    rows = kl.analysis_table(company)
    return rows[rows["decided"]].sort_values(["account_id", "period"])


def log_rank(company):
    """Add up losses of the upper half less those to be expected, period by period."""
    accounts = decided(company).groupby("account_id")
    first = accounts["commitment"].first()
    high = first > first.median()
    time, left = accounts.size(), ~accounts["stayed"].last().astype(bool)
    surplus = variance = 0.0
    for year in sorted(time.unique()):
        there, lost = time >= year, (time == year) & left
        n, n_high, d = there.sum(), (there & high).sum(), lost.sum()
        surplus += (lost & high).sum() - d * n_high / n
        variance += d * n_high * (n - n_high) * (n - d) / (n**2 * (n - 1))
    return surplus**2 / variance


def half_a_point(company):
    """Take the square root of a whole point's odds ratio, by statsmodels."""
    rows = decided(company)
    terms = sm.add_constant(rows[["trust", "commitment", "satisfaction", "tenure"]].astype(float))
    fit = sm.Logit(rows["stayed"].astype(float), terms).fit(disp=0)
    return float(np.sqrt(np.exp(fit.params["trust"])))


def regular(_company=None):
    """Maximise the likelihood of the article's formula over logs of alpha and beta."""
    table = kl.load("fader_hardie_2007").query("cohort == 'regular'").set_index("period")
    counts = table["survivors"].loc[:7].to_numpy()

    def survival(at, renewals):
        alpha, beta = np.exp(at)
        return np.exp(betaln(alpha, beta + renewals) - betaln(alpha, beta))

    def cost(at):
        curve = survival(at, np.arange(8))
        return -(-np.diff(counts) @ np.log(-np.diff(curve)) + counts[-1] * np.log(curve[-1]))

    found = minimize(cost, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6})
    return 1000 * survival(found.x, 12)


QUESTIONS = (
    Question(
        "07-log-rank-by-commitment",
        log_rank,
        hint="logrank",
        wrong=(20.33,),  # by trust
        digits=1,
        needs="periods",
    ),
    Question(
        "07-half-a-point",
        half_a_point,
        hint="stay.tidy()",
        wrong=(1.76 / 2, 1 + 0.76 / 2, 1.76),
        digits=2,
        needs="periods",
    ),
    Question(
        "07-regular-after-twelve",
        regular,
        hint="project(12)",
        wrong=(173, 0.170, 378),  # what happened; a share; of the high end
        digits=0,
        of_company=False,
    ),
)
