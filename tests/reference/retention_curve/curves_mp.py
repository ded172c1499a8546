"""Retention curves to 20 digits: fits.csv, covariances.csv, projected.csv and residual.csv.

Usage, in this folder: python curves_mp.py      (mpmath 1.4.1 on Python 3.11)
Data: data/published/fader_hardie_2007.csv and accounts.csv. sBG has the survivor function
B(alpha, beta+t)/B(alpha, beta), BdW B(alpha, beta+t^c)/B(alpha, beta). Newton steps on log
parameters with central differences of step 1e-12 at 50 digits.
"""

import csv
from pathlib import Path

import mpmath
from mpmath import exp, log, loggamma, mpf

mpmath.mp.dps = 50
STEP = mpf(10) ** -12
PUBLISHED = Path("../../../data/published/fader_hardie_2007.csv")
DISCOUNTS = ("0.05", "0.1", "0.2")


def log_survival(t, alpha, beta, c=1):
    t = mpf(t) ** c
    return loggamma(beta + t) - loggamma(beta) + loggamma(alpha + beta) - loggamma(alpha + beta + t)


def log_lost(t, *parameters):
    """Log of the chance to leave at renewal t."""
    before, after = log_survival(t - 1, *parameters), log_survival(t, *parameters)
    return before + mpmath.log1p(-exp(after - before))


def from_counts(survivors):
    def loglik(theta):
        parameters = [exp(v) for v in theta]
        lost = [
            (survivors[t - 1] - survivors[t]) * log_lost(t, *parameters)
            for t in range(1, len(survivors))
        ]
        return mpmath.fsum(lost) + survivors[-1] * log_survival(len(survivors) - 1, *parameters)

    return loglik


def from_accounts(rows, covariate, shape):
    """theta: log alpha, [its slope,] log beta, [its slope,] [log c]; given survival of entry."""

    def loglik(theta):
        c = exp(theta[-1]) if shape else mpf(1)
        total = mpf(0)
        for row in rows:
            x, entry, renewals = mpf(row["trust"]), int(row["entry"]), int(row["renewals"])
            if covariate:
                alpha, beta = exp(theta[0] + theta[1] * x), exp(theta[2] + theta[3] * x)
            else:
                alpha, beta = exp(theta[0]), exp(theta[1])
            end = (
                log_lost(renewals + 1, alpha, beta, c)
                if row["left"] == "1"
                else (log_survival(renewals, alpha, beta, c))
            )
            total += end - log_survival(entry, alpha, beta, c)
        return total

    return loglik


def slopes(f, theta):
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
    """Newton steps; where the curvature is wrong or a step too long, a damped one."""
    value, gradient, hessian = slopes(f, theta)
    for _ in range(60):
        k = len(theta)
        ridge = mpf(0)
        while True:
            step = mpmath.lu_solve(-hessian + ridge * mpmath.eye(k), gradient)
            ahead = [t + s for t, s in zip(theta, step, strict=True)]
            if mpmath.norm(step, mpmath.inf) < 2 and f(ahead) >= value - mpf(10) ** -25:
                break
            ridge = 10 * ridge + 1
        theta = ahead
        value, gradient, hessian = slopes(f, theta)
        if mpmath.norm(step, mpmath.inf) < mpf(10) ** -12:
            return theta, value, gradient, hessian
    raise SystemExit("no maximum found")


def digits(v):
    return mpmath.nstr(v, 20)


def residual_lifetime(parameters, n, d, before):
    """Sum over the renewals to come, by their survival given n, discounted to now.

    `before`: n - 1 renewals made and the n-th about to be decided, so it is not discounted
    (Fader & Hardie 2010). Otherwise the n-th has just been made.
    """
    known = n - 1 if before else n
    total, t = mpf(0), known + 1
    while True:
        wait = t - n
        term = exp(
            log_survival(t, *parameters) - log_survival(known, *parameters) - wait * log(1 + d)
        )
        total += term
        if term < mpf(10) ** -25:
            return total
        t += 1


def main():
    with PUBLISHED.open() as file:
        table = list(csv.DictReader(file))
    cohorts = {}
    for row in table:
        cohorts.setdefault(row["cohort"], []).append(int(row["survivors"]))
    with open("accounts.csv") as file:
        accounts = list(csv.DictReader(file))
    jobs = []
    for cohort, survivors in cohorts.items():
        for years in (4, 7, 12):
            f = from_counts(survivors[: years + 1])
            for model, names in (("sbg", ["alpha", "beta"]), ("bdw", ["alpha", "beta", "c"])):
                jobs.append((f"{cohort}_{years}", model, names, f))
    plain, by_trust = ["alpha", "beta"], ["alpha", "alpha:trust", "beta", "beta:trust"]
    jobs += [
        ("accounts", "sbg", plain, from_accounts(accounts, False, False)),
        ("accounts", "bdw", [*plain, "c"], from_accounts(accounts, False, True)),
        ("accounts_trust", "sbg", by_trust, from_accounts(accounts, True, False)),
        ("accounts_trust", "bdw", [*by_trust, "c"], from_accounts(accounts, True, True)),
    ]
    fits, covariances, projected, residual = [], [], [], []
    for data, model, names, f in jobs:
        start = {"alpha": mpf(-0.3), "beta": mpf(1)}
        theta, value, gradient, hessian = maximise(f, [start.get(n, mpf(0)) for n in names])
        covariance = mpmath.inverse(-hessian)
        print(
            data, model, [mpmath.nstr(exp(t), 6) for t in theta], mpmath.nstr(value, 10), flush=True
        )
        for i, name in enumerate(names):
            error = mpmath.sqrt(covariance[i, i])
            slope = ":" in name
            natural = theta[i] if slope else exp(theta[i])
            fits.append(
                [
                    data,
                    model,
                    name,
                    digits(natural),
                    digits(theta[i]),
                    digits(error),
                    digits(error if slope else natural * error),
                ]
            )
            covariances += [
                [data, model, name, names[j], digits(covariance[i, j])] for j in range(i + 1)
            ]
        fits.append([data, model, "loglik", digits(value), "", "", ""])
        fits.append(
            [
                data,
                model,
                "largest_gradient",
                mpmath.nstr(mpmath.norm(gradient, mpmath.inf), 3),
                "",
                "",
                "",
            ]
        )
        if data.startswith("accounts"):
            continue
        parameters = [exp(t) for t in theta]
        for t in range(1, 13):
            s = exp(log_survival(t, *parameters))
            rate = exp(log_survival(t, *parameters) - log_survival(t - 1, *parameters))
            projected.append([data, model, t, digits(s), digits(rate)])
        if data.endswith("_7"):
            residual += residual_rows(data, model, parameters)
    rounded = {"high_end": ("0.668", "3.806"), "regular": ("0.704", "1.182")}
    for cohort, values in rounded.items():
        residual += residual_rows(f"{cohort}_published", "sbg", [mpf(v) for v in values])
    write(
        "fits.csv",
        ["data", "model", "term", "estimate", "log_estimate", "std_error_log", "std_error"],
        fits,
    )
    write("covariances.csv", ["data", "model", "row", "column", "covariance_log"], covariances)
    write("projected.csv", ["data", "model", "period", "survival", "retention_rate"], projected)
    write(
        "residual.csv",
        ["data", "model", "discount_rate", "n", "before_renewal_n", "after_renewal_n"],
        residual,
    )


def residual_rows(data, model, parameters):
    rows = []
    for d in DISCOUNTS:
        for n in range(1, 9):
            before = residual_lifetime(parameters, n, mpf(d), True)
            if model == "sbg":
                alpha, beta = parameters
                closed = (
                    (beta + n - 1)
                    / (alpha + beta + n - 1)
                    * mpmath.hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + mpf(d)))
                )
                assert abs(closed / before - 1) < mpf(10) ** -20
            after = residual_lifetime(parameters, n, mpf(d), False)
            rows.append([data, model, d, n, digits(before), digits(after)])
    return rows


def write(name, header, rows):
    with Path(name).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
