"""Curves of retention, purchases and spend, on customers drawn anew."""

import numpy as np
import pandas as pd

import kamlab as kl
from tests.recovery.populations import N_CROWD, beside_truth, crowd_trust
from tests.value.purchases.simulated import TRUTH, lives, summary_of

ALPHA, BETA = 0.7, 2.2
RENEWALS_SEEN = 6
TRUST_ON_ALPHA, TRUST_ON_BETA = -0.3, 0.3
WEEKS = 52.0
TRUST_ON_BUYING, TRUST_ON_LEAVING = 0.2, -0.3
SPEND = {"p": 6.0, "q": 4.0, "gamma": 15.0}
MEAN_FURTHER_PURCHASES = 2.0


def sbg(seed):
    """A cohort of which only the numbers of survivors are known."""
    made = _renewals(np.full(N_CROWD, ALPHA), np.full(N_CROWD, BETA), seed)
    survivors = [int((made >= renewal).sum()) for renewal in range(RENEWALS_SEEN + 1)]
    fit = kl.fit_retention_curve(survivors)
    return beside_truth(fit.tidy(), {"alpha": ALPHA, "beta": BETA}, "sbg", logs=("alpha", "beta"))


def sbg_with_trust(seed):
    """Customers who differ in trust, which shifts both parameters."""
    trust = crowd_trust()
    alpha, beta = ALPHA * np.exp(TRUST_ON_ALPHA * trust), BETA * np.exp(TRUST_ON_BETA * trust)
    made = _renewals(alpha, beta, seed)
    rows = pd.DataFrame(
        {
            "account_id": np.arange(len(made)),
            "renewals": made,
            "left": made < RENEWALS_SEEN,
            "trust": trust,
        }
    )
    fit = kl.fit_retention_curve(rows, covariates="trust")
    mean = trust.mean()  # the curve's alpha and beta are those of a customer with mean trust
    truth = {
        "alpha": ALPHA * np.exp(TRUST_ON_ALPHA * mean),
        "beta": BETA * np.exp(TRUST_ON_BETA * mean),
        "alpha:trust": TRUST_ON_ALPHA,
        "beta:trust": TRUST_ON_BETA,
    }
    return beside_truth(fit.tidy(), truth, "sbg with trust", logs=("alpha", "beta"))


def _renewals(alpha, beta, seed):
    """Return how many renewals each customer makes, as far as they are seen."""
    rng = np.random.default_rng(seed)
    return np.minimum(rng.geometric(rng.beta(alpha, beta)) - 1, RENEWALS_SEEN)


def bgnbd(seed):
    return _purchases("bgnbd", seed)


def mbgnbd(seed):
    return _purchases("mbgnbd", seed)


def paretonbd(seed):
    return _purchases("paretonbd", seed)


def _purchases(model, seed):
    rng = np.random.default_rng(seed)
    times = lives(model, TRUTH[model], N_CROWD, WEEKS, rng)
    fit = kl.fit_purchases(summary_of(times, WEEKS), model)
    truth = dict(zip(fit.terms, TRUTH[model], strict=True))
    return beside_truth(fit.tidy(), truth, model, logs=fit.terms)


def bgnbd_with_trust(seed):
    """Trust lets customers buy more often and leave later."""
    rng, trust = np.random.default_rng(seed), crowd_trust()
    rate, leaving = np.exp(TRUST_ON_BUYING * trust), np.exp(TRUST_ON_LEAVING * trust)
    times = lives("bgnbd", TRUTH["bgnbd"], N_CROWD, WEEKS, rng, rate=rate, leaving=leaving)
    fit = kl.fit_purchases(summary_of(times, WEEKS, trust=trust), "bgnbd", ["trust"])
    own = fit.terms[:4]
    truth = dict(zip(own, TRUTH["bgnbd"], strict=True))
    truth |= {"purchase:trust": TRUST_ON_BUYING, "dropout:trust": TRUST_ON_LEAVING}
    return beside_truth(fit.tidy(), truth, "bgnbd with trust", logs=own)


def spend(seed):
    """The Gamma-Gamma model; a mean of n purchases is itself gamma-distributed."""
    rng = np.random.default_rng(seed)
    p, q, gamma = SPEND.values()
    further = rng.poisson(MEAN_FURTHER_PURCHASES, N_CROWD)
    rate = rng.gamma(q, 1 / gamma, N_CROWD)
    mean = rng.gamma(p * (further + 1), 1 / (rate * (further + 1)))
    ids = np.arange(N_CROWD)
    table = {"account_id": ids, "frequency": further, "mean_order_value": mean}
    fit = kl.fit_spend(pd.DataFrame(table))
    return beside_truth(fit.tidy(), SPEND, "gamma-gamma spend", logs=tuple(SPEND))
