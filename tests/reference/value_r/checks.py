"""Known-error regression and omitted-variable sensitivity by definition: checks.csv.

Usage, in this folder: python checks.py      (numpy 1.26.4, pandas 2.3.3, statsmodels 0.15.0,
scipy 1.12.0, PySensemakr 0.0.8 on Python 3.11)

known_error: error.csv, y ~ trust + commitment + size, where trust and commitment carry errors
of covariance [[.30, .10], [.10, .20]], size none. The estimate solves the corrected moments
(X'X/n - Lambda) b = X'y/n, Lambda zero for intercept and size; its errors are sandwiches of
x(y - x'b) + Lambda b: hc0 without factor, cl by account with g/(g-1)*(n-1)/(n-k), Lambda taken
as known. `naive` is plain least squares.

sensitivity: rows.csv, log(ltv) ~ trust + commitment + satisfaction + size, treatment trust.
Cinelli & Hazlett (2020): partial R2, robustness values, and the adjusted estimate under a
confounder `k` times as strong as size or commitment. PySensemakr gives the same; and an
omitted variable is built whose partial R2 with treatment and outcome both equal the robustness
value: with it in the regression the coefficient is zero (asserted).
"""

import csv

import numpy as np
import pandas as pd
import sensemakr
import statsmodels.formula.api as smf
from scipy import stats

LAMBDA = np.zeros((4, 4))
LAMBDA[1:3, 1:3] = [[0.30, 0.10], [0.10, 0.20]]
rows = []


def add(analysis, quantity, term, value):
    rows.append([analysis, quantity, term, f"{float(value):.15g}"])


def known_error():
    d = pd.read_csv("error.csv", dtype={"account_id": str})
    terms = ["Intercept", "trust", "commitment", "size"]
    X = np.column_stack([np.ones(len(d)), d[terms[1:]].to_numpy()])
    y = d["y"].to_numpy()
    n, k = X.shape
    M = X.T @ X / n - LAMBDA
    b = np.linalg.solve(M, X.T @ y / n)
    psi = X * (y - X @ b)[:, None] + LAMBDA @ b
    assert abs(psi.mean(axis=0)).max() < 1e-10
    bread = np.linalg.inv(M)
    codes = pd.factorize(d["account_id"])[0]
    g = codes.max() + 1
    summed = np.zeros((g, k))
    np.add.at(summed, codes, psi)
    hc0 = bread @ (psi.T @ psi) @ bread / n**2
    cl = bread @ (summed.T @ summed) @ bread / n**2 * g / (g - 1) * (n - 1) / (n - k)
    naive = np.linalg.lstsq(X, y, rcond=None)[0]
    for i, term in enumerate(terms):
        add("known_error", "estimate", term, b[i])
        add("known_error", "se_hc0", term, hc0[i, i] ** 0.5)
        add("known_error", "se_cl", term, cl[i, i] ** 0.5)
        add("known_error", "naive", term, naive[i])


def residual(v, X):
    return v - X @ np.linalg.lstsq(X, v, rcond=None)[0]


def partial_r2(v, z, X):
    """Squared correlation of v and z with X taken out of both."""
    return np.corrcoef(residual(v, X), residual(z, X))[0, 1] ** 2


def robustness(t, df, q=1.0, alpha=None):
    f = q * abs(t) / df**0.5
    if alpha is not None:
        f -= stats.t.ppf(1 - alpha / 2, df - 1) / (df - 1) ** 0.5
    return 0.0 if f <= 0 else 0.5 * ((f**4 + 4 * f**2) ** 0.5 - f**2)


def confounder(y, d, X, r2_d, r2_y, rng):
    """A column with the given partial R2 with d given X and with y given d and X."""
    d_, y_ = residual(d, X), residual(residual(y, X), residual(d, X)[:, None])
    e = residual(rng.normal(size=len(y)), np.column_stack([X, d, y]))
    d_, y_, e = (v / np.linalg.norm(v) for v in (d_, y_, e))
    # y given d and X keeps the part of z that is not along d.
    rest = (1 - r2_d) ** 0.5
    return r2_d**0.5 * d_ + rest * (r2_y**0.5 * y_ + (1 - r2_y) ** 0.5 * e)


def sensitivity():
    data = pd.read_csv("rows.csv", dtype={"account_id": str})
    data["log_ltv"] = np.log(data["ltv"])
    others = ["commitment", "satisfaction", "size"]
    fit = smf.ols("log_ltv ~ trust + " + " + ".join(others), data).fit()
    t, df = fit.tvalues["trust"], fit.df_resid
    estimate, se = fit.params["trust"], fit.bse["trust"]
    y, d = data["log_ltv"].to_numpy(), data["trust"].to_numpy()
    X = np.column_stack([np.ones(len(data)), data[others]])
    name = "sensitivity"
    add(name, "estimate", "trust", estimate)
    add(name, "se", "trust", se)
    add(name, "df", "trust", df)
    assert abs(t**2 / (t**2 + df) / partial_r2(y, d, X) - 1) < 1e-9
    add(name, "partial_r2", "trust", t**2 / (t**2 + df))
    rv = robustness(t, df)
    add(name, "robustness_value", "trust", rv)
    add(name, "robustness_value_half", "trust", robustness(t, df, q=0.5))
    add(name, "robustness_value_alpha05", "trust", robustness(t, df, alpha=0.05))
    add(name, "robustness_value_any_t3_df100", "", robustness(3.0, 100))
    add(name, "robustness_value_alpha05_t3_df100", "", robustness(3.0, 100, alpha=0.05))
    z = confounder(y, d, X, rv, rv, np.random.default_rng(5))
    assert abs(partial_r2(d, z, X) - rv) < 1e-9
    with_d = np.column_stack([X, d])
    assert abs(partial_r2(y, z, with_d) - rv) < 1e-9
    brute = np.linalg.lstsq(np.column_stack([with_d, z]), y, rcond=None)[0][X.shape[1]]
    assert abs(brute) < 1e-9 * abs(estimate)
    bounds = []
    for benchmark in ("size", "commitment"):
        j = others.index(benchmark) + 1
        rest = np.delete(X, j, axis=1)
        r2_dx = partial_r2(d, X[:, j], rest)
        r2_yx = partial_r2(y, X[:, j], np.column_stack([rest, d]))
        for k in (1.0, 2.0):
            r2_d = k * r2_dx / (1 - r2_dx)
            inner = k * r2_dx**2 / ((1 - k * r2_dx) * (1 - r2_dx))
            r2_y = ((k**0.5 + inner**0.5) / (1 - inner) ** 0.5) ** 2 * r2_yx / (1 - r2_yx)
            r2_y = min(r2_y, 1.0)
            bias = se * (df * r2_y * r2_d / (1 - r2_d)) ** 0.5
            adjusted = np.sign(estimate) * (abs(estimate) - bias)
            error = se * ((1 - r2_y) / (1 - r2_d) * df / (df - 1)) ** 0.5
            label = f"{k:.0f}x {benchmark}"
            for quantity, value in (
                ("r2_treatment", r2_d),
                ("r2_outcome", r2_y),
                ("adjusted_estimate", adjusted),
                ("adjusted_se", error),
            ):
                add(name, quantity, label, value)
            if r2_y < 1:
                z = confounder(y, d, X, r2_d, r2_y, np.random.default_rng(6))
                brute = np.linalg.lstsq(np.column_stack([with_d, z]), y, rcond=None)[0][X.shape[1]]
                assert abs(brute - adjusted) < 1e-9, (label, brute, adjusted)
            bounds.append((label, r2_d, r2_y, adjusted, error))
    peer = sensemakr.Sensemakr(
        fit, treatment="trust", benchmark_covariates=["size", "commitment"], kd=[1, 2], ky=[1, 2]
    )
    assert abs(peer.sensitivity_stats["rv_q"] - rv) < 1e-12
    assert abs(peer.sensitivity_stats["rv_qa"] - robustness(t, df, alpha=0.05)) < 1e-12
    theirs = peer.bounds.set_index("bound_label")
    for label, r2_d, r2_y, adjusted, error in bounds:
        row = theirs.loc[label]
        assert np.allclose(
            [row["r2dz_x"], row["r2yz_dx"], row["adjusted_estimate"], row["adjusted_se"]],
            [r2_d, r2_y, adjusted, error],
            rtol=1e-9,
        ), label
    print("PySensemakr agrees:", len(bounds), "bounds")


if __name__ == "__main__":
    known_error()
    sensitivity()
    with open("checks.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["analysis", "quantity", "term", "value"])
        writer.writerows(rows)
