"""Maximum likelihood on CDNOW to 20 digits, with standard errors: fits.csv and covariances.csv.

Usage, in this folder: python fit_mp.py      (lifetimes 0.11.3, mpmath 1.4.1, numpy 1.26.4,
pandas 2.3.3 on Python 3.11; about ten minutes). lifetimes gives the start, its log-likelihood
and its parameters (columns by_lifetimes); Newton steps in mpmath, with central differences of
step 1e-12 at 50 digits, go on to the maximum of the published likelihood. Time is in weeks and
nothing is rescaled, so the log-likelihood is in the data's own unit.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

import mpmath
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from models import MODELS, loglik, loglik_spend

mpmath.mp.dps = 50
STEP = mpmath.mpf(10) ** -12
DATA = Path("../../../data/published")
PEERS = {"bgnbd": BetaGeoFitter, "mbgnbd": ModifiedBetaGeoFitter, "paretonbd": ParetoNBDFitter}


def histories(model):
    """Return distinct rows and how often each occurs, as exact decimals."""
    with (DATA / "cdnow_spend.csv").open() as file:
        rows = list(csv.DictReader(file))
    if model == "gammagamma":
        rows = [r for r in rows if int(r["frequency"]) > 0]
        keys = [(r["frequency"], r["mean_order_value"]) for r in rows]
    else:
        keys = [(r["frequency"], f"{float(r['recency']):.2f}", r["T"]) for r in rows]
    counts = Counter(keys)
    return [(tuple(mpmath.mpf(v) for v in key), n) for key, n in counts.items()]


def objective(model):
    groups = histories(model)
    one = loglik_spend if model == "gammagamma" else None

    def at(theta):
        parameters = [mpmath.exp(t) for t in theta]
        if one:
            return mpmath.fsum(n * one(parameters, *row) for row, n in groups)
        return mpmath.fsum(n * loglik(model, parameters, *row) for row, n in groups)

    return at, sum(n for _, n in groups)


def slopes(f, theta):
    """Value, gradient and Hessian by central differences."""
    k = len(theta)

    def moved(*steps):
        point = list(theta)
        for i, sign in steps:
            point[i] += sign * STEP
        return f(point)

    middle = f(theta)
    up = [moved((i, 1)) for i in range(k)]
    down = [moved((i, -1)) for i in range(k)]
    gradient = mpmath.matrix([(u - d) / (2 * STEP) for u, d in zip(up, down, strict=True)])
    hessian = mpmath.matrix(k, k)
    for i in range(k):
        hessian[i, i] = (up[i] - 2 * middle + down[i]) / STEP**2
        for j in range(i):
            both = moved((i, 1), (j, 1)) + moved((i, -1), (j, -1))
            mixed = both - up[i] - up[j] - down[i] - down[j] + 2 * middle
            hessian[i, j] = hessian[j, i] = mixed / (2 * STEP**2)
    return middle, gradient, hessian


def maximise(f, theta):
    value, gradient, hessian = slopes(f, theta)
    while True:
        step = mpmath.lu_solve(hessian, -gradient)
        print(
            "  gradient",
            mpmath.nstr(mpmath.norm(gradient, mpmath.inf), 3),
            "step",
            mpmath.nstr(mpmath.norm(step, mpmath.inf), 3),
            flush=True,
        )
        theta = [t + s for t, s in zip(theta, step, strict=True)]
        if mpmath.norm(step, mpmath.inf) < mpmath.mpf(10) ** -10:
            # The step just taken doubles the digits; errors of the Hessian here are below 1e-9.
            value, gradient, hessian = slopes(f, theta)
            return theta, value, gradient, hessian
        value, gradient, hessian = slopes(f, theta)


def by_lifetimes(model):
    """Parameters in weeks and the log-likelihood in weeks, from lifetimes' rescaled ones."""
    d = pd.read_csv(DATA / "cdnow_spend.csv")
    if model == "gammagamma":
        d = d[d["frequency"] > 0]
        fit = GammaGammaFitter().fit(d["frequency"], d["mean_order_value"])
        # Its weighted mean negative log-likelihood is already in dollars.
        return list(fit.params_[["p", "q", "v"]]), -fit._negative_log_likelihood_ * len(d)
    fit = PEERS[model](penalizer_coef=0.0)
    fit.fit(d["frequency"], d["recency"], d["T"], tol=1e-9)
    names = MODELS[model]
    if model == "paretonbd":
        values = list(fit.params_[list(names)])
    else:
        values = list(fit.params_[["r", "alpha", "a", "b"]])
    # In time scaled by c, a history of x purchases has density c^-x times the one in weeks.
    # Its objective is a mean over customers, Pareto/NBD's a sum.
    rows = 1 if model == "paretonbd" else len(d)
    scaled = -fit._negative_log_likelihood_ * rows
    return values, scaled + d["frequency"].sum() * np.log(fit._scale)


def main(models):
    fits, covariances = [], []
    for model in models:
        print(model, flush=True)
        start, peer_loglik = by_lifetimes(model)
        f, nobs = objective(model)
        theta, value, gradient, hessian = maximise(f, [mpmath.log(v) for v in start])
        covariance = mpmath.inverse(-hessian)
        names, k = MODELS[model], len(theta)
        natural = [mpmath.exp(t) for t in theta]
        digits = lambda v: mpmath.nstr(v, 20)  # noqa: E731
        for i, name in enumerate(names):
            error = mpmath.sqrt(covariance[i, i])
            fits.append(
                [
                    model,
                    name,
                    digits(natural[i]),
                    digits(theta[i]),
                    digits(error),
                    digits(natural[i] * error),
                    repr(float(start[i])),
                ]
            )
        largest = mpmath.norm(gradient, mpmath.inf)
        fits.append([model, "loglik", digits(value), "", "", "", repr(float(peer_loglik))])
        fits.append([model, "nobs", nobs, "", "", "", ""])
        fits.append([model, "largest_gradient", mpmath.nstr(largest, 3), "", "", "", ""])
        for i in range(k):
            for j in range(i + 1):
                covariances.append(
                    [
                        model,
                        names[i],
                        names[j],
                        digits(covariance[i, j]),
                        digits(covariance[i, j] * natural[i] * natural[j]),
                        digits(hessian[i, j]),
                    ]
                )
    return fits, covariances


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(MODELS)
    fits, covariances = main(chosen)
    suffix = "" if len(chosen) == len(MODELS) else "_" + "_".join(chosen)
    for name, header, rows in (
        (
            f"fits{suffix}.csv",
            [
                "model",
                "term",
                "estimate",
                "log_estimate",
                "std_error_log",
                "std_error",
                "by_lifetimes",
            ],
            fits,
        ),
        (
            f"covariances{suffix}.csv",
            ["model", "row", "column", "covariance_log", "covariance", "hessian_log"],
            covariances,
        ),
    ):
        with Path(name).open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
