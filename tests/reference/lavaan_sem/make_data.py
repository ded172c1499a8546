"""Simulated data (模擬データ) for the models in specs/; run once: `python make_data.py`.

Every file has its own seed. Models that fit them exactly would make poor tests, so a few loadings,
residual covariances and tails are there that no model in specs/ accounts for.
"""

from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parent / "data"


def correlated(rng, rows, correlations):
    """Standard normal columns with the given correlations."""
    matrix = np.asarray(correlations, dtype=float)
    return rng.standard_normal((rows, len(matrix))) @ np.linalg.cholesky(matrix).T


def heavy(rng, shape):
    """Skewed errors of variance 1 with heavy tails, for the robust estimators."""
    return (rng.gamma(1.5, size=shape) - 1.5) / np.sqrt(1.5)


def indicators(rng, factor, loadings, errors):
    """One column an indicator: loading times factor, plus an error."""
    return factor[:, None] * np.asarray(loadings) + errors(rng, (len(factor), len(loadings))) * 0.6


def normal(rng, shape):
    return rng.standard_normal(shape)


def survey():
    """Trust, commitment, satisfaction of 330 accounts; three regions of unequal size."""
    rng = np.random.default_rng(4101)
    rows = 330
    region = rng.permutation(np.repeat(["west", "east", "north"], [150, 110, 70]))
    size, age = correlated(rng, rows, [[1, 0.3], [0.3, 1]]).T
    satisfaction = 0.4 * size + rng.standard_normal(rows)
    trust = 0.6 * satisfaction + 0.2 * age + 0.8 * heavy(rng, rows)
    commitment = 0.5 * trust + 0.2 * satisfaction + 0.2 * size + 0.8 * rng.standard_normal(rows)
    trust = trust + 0.3 * (region == "north")
    items = np.hstack(
        [
            indicators(rng, trust, [0.8, 0.7, 0.9, 0.6], heavy),
            indicators(rng, commitment, [0.9, 0.8, 0.7, 0.75], normal),
            indicators(rng, satisfaction, [0.8, 0.85, 0.7], heavy),
        ]
    )
    items[:, 5] += 0.25 * trust
    items[:, [1, 2]] += 0.3 * rng.standard_normal((rows, 1))
    items[:, 9] += 0.2 * (region == "east")
    names = ["t1", "t2", "t3", "t4", "c1", "c2", "c3", "c4", "s1", "s2", "s3"]
    table = pd.DataFrame(items + 4, columns=names)
    return table.assign(size=size, age=age, region=region).round(3)


def survey_missing(complete):
    """The survey with answers missing, more often for large accounts; covariates miss some too."""
    rng = np.random.default_rng(4102)
    table = complete.drop(columns="t4").copy()
    likely = 1 / (1 + np.exp(2.2 - table["size"]))
    for names in (["t2"], ["c3", "c4"], ["s1", "s2"], ["c1"]):
        table.loc[rng.random(len(table)) < likely, names] = np.nan
    table.loc[rng.random(len(table)) < 0.05, "age"] = np.nan
    everything = table.columns.difference(["region", "size", "age"])
    table.loc[table.index[[7, 200]], everything] = np.nan
    return table


def growth():
    """Five yearly measurements of 240 accounts in two unequal groups."""
    rng = np.random.default_rng(4103)
    rows = 240
    group = rng.permutation(np.repeat(["old", "new"], [140, 100]))
    x1, x2 = correlated(rng, rows, [[1, 0.2], [0.2, 1]]).T
    start, slope = correlated(rng, rows, [[1, 0.3], [0.3, 1]]).T
    start = 5 + 0.5 * x1 + start + 0.5 * (group == "old")
    slope = 0.8 + 0.3 * x2 + 0.5 * slope
    bend = -0.08 + 0.12 * rng.standard_normal(rows)
    times = np.arange(5)
    varying = 0.3 * rng.standard_normal((rows, 5)) + 0.3 * x1[:, None]
    curves = start[:, None] + slope[:, None] * times + bend[:, None] * times**2 + 0.4 * varying
    curves += rng.standard_normal(curves.shape) * [0.6, 0.7, 0.7, 0.8, 0.9]
    table = pd.DataFrame(curves, columns=[f"y{k}" for k in range(1, 6)])
    for k in range(5):
        table[f"z{k + 1}"] = varying[:, k]
    return table.assign(x1=x1, x2=x2, cohort=group).round(3)


def paths():
    """Observed causes, mediators and outcomes; p and q cause one another."""
    rng = np.random.default_rng(4104)
    rows = 260
    x1, x2, x3, u, v = correlated(rng, rows, 0.25 * np.ones((5, 5)) + 0.75 * np.eye(5)).T
    e = heavy(rng, (rows, 6))
    m1 = 0.5 * x1 + 0.2 * x2 + e[:, 0]
    m2 = 0.4 * m1 + 0.3 * x3 + e[:, 1]
    y1 = 0.4 * m1 + 0.3 * m2 + 0.1 * x1 + e[:, 2]
    y2 = 0.5 * m2 - 0.2 * x2 + 0.4 * e[:, 2] + e[:, 3]
    loop = np.linalg.inv(np.array([[1, -0.3], [-0.25, 1]]))
    p, q = loop @ np.stack([0.6 * u + e[:, 4], 0.5 * v + 0.3 * x1 + 0.3 * e[:, 4] + e[:, 5]])
    columns = {
        "x1": x1, "x2": x2 + 2, "x3": x3, "u": u, "v": v, "m1": m1 + 1, "m2": m2, "y1": y1 + 3,
        "y2": y2, "p": p, "q": q,
    }  # fmt: skip
    return pd.DataFrame(columns).round(3)


def wide():
    """Thirty items of five factors."""
    rng = np.random.default_rng(4105)
    factors = correlated(rng, 300, 0.35 * np.ones((5, 5)) + 0.65 * np.eye(5))
    loadings = rng.uniform(0.5, 0.9, (5, 6))
    items = [indicators(rng, factors[:, k], loadings[k], normal) for k in range(5)]
    return pd.DataFrame(np.hstack(items), columns=[f"w{k}" for k in range(1, 31)]).round(2)


def bifactor():
    """One general factor, three specific ones."""
    rng = np.random.default_rng(4106)
    factors = rng.standard_normal((300, 4))
    general = rng.uniform(0.6, 0.8, 9)
    items = factors[:, [0]] * general + 0.5 * rng.standard_normal((300, 9))
    for k in range(3):
        items[:, 3 * k : 3 * k + 3] += factors[:, [k + 1]] * np.array([0.6, 0.5, 0.4])
    return pd.DataFrame(items, columns=[f"b{k}" for k in range(1, 10)]).round(3)


def small():
    """Twenty-five rows, and a third indicator so weak that a variance may turn negative."""
    rng = np.random.default_rng(4113)
    f, g = correlated(rng, 25, [[1, 0.5], [0.5, 1]]).T
    items = np.hstack(
        [
            indicators(rng, f, [0.9, 0.8, 0.7], normal),
            indicators(rng, g, [0.8, 0.8, 0.9], normal),
        ]
    )
    return pd.DataFrame(items, columns=[f"k{k}" for k in range(1, 7)]).round(3)


def scaled():
    """The same variables in units of about one (e) and from 0.01 to 1000 (d)."""
    rng = np.random.default_rng(4108)
    f, g = correlated(rng, 220, [[1, 0.4], [0.4, 1]]).T
    items = np.hstack(
        [
            indicators(rng, f, [0.8, 0.7, 0.9], normal),
            indicators(rng, g, [0.8, 0.6, 0.7], normal),
        ]
    )
    fair = items.round(4)
    units = {"d1": -2, "d2": 0, "d3": 3, "d4": 1, "d5": -2, "d6": 2}
    table = {f"e{k + 1}": fair[:, k] for k in range(6)}
    for k, (name, power) in enumerate(units.items()):
        table[name] = np.round(fair[:, k] * 10.0**power, 4 - power)
    return pd.DataFrame(table)


CAUSES = ["rtc", "rb", "sv", "com", "opp"]
CONSTRUCTS = [*CAUSES, "rc", "t", "acq", "pl", "coop", "fc", "unc"]


def kmv():
    """The twelve constructs with artificial paths of 0.30: items, and composites of them."""
    rng = np.random.default_rng(4109)
    rows = 300
    among = 0.2 * np.ones((5, 5)) + 0.8 * np.eye(5)
    among[4, :4] = among[:4, 4] = -0.2
    values = dict(zip(CAUSES, correlated(rng, rows, among).T, strict=True))
    noise = rng.standard_normal((rows, 7)) * 0.8
    values["t"] = 0.3 * (values["sv"] + values["com"] - values["opp"]) + noise[:, 0]
    drivers = values["rtc"] + values["rb"] + values["sv"] + values["t"]
    values["rc"] = 0.3 * drivers + noise[:, 1]
    values["acq"] = 0.3 * values["rc"] + noise[:, 2]
    values["pl"] = -0.3 * values["rc"] + noise[:, 3]
    values["coop"] = 0.3 * (values["rc"] + values["t"]) + noise[:, 4]
    values["fc"] = 0.3 * values["t"] + noise[:, 5]
    values["unc"] = -0.3 * values["t"] + noise[:, 6]
    table = {}
    for name in CONSTRUCTS:
        items = indicators(rng, values[name], [0.9, 0.8, 0.7], normal).round(2)
        table |= {f"{name}{k + 1}": items[:, k] for k in range(3)}
        table[name] = items.mean(axis=1).round(4)
    return pd.DataFrame(table)


def matrix(table, name):
    """Write a matrix in the form in which kamlab takes one."""
    table.round(6).to_csv(DATA / name, index_label="variable", lineterminator="\n")


def heywood():
    """Correlations that one factor reproduces only with a negative error variance of h1."""
    names = ["h1", "h2", "h3", "h4"]
    whole = np.eye(4)
    below = [0.7, 0.68, 0.38, 0.6, 0.4, 0.35]
    whole[np.tril_indices(4, -1)] = below
    whole = whole + whole.T - np.eye(4)
    return pd.DataFrame(whole, index=names, columns=names)


def bagozzi():
    """Covariances of Bagozzi 1980 from data/published, SD times SD times r."""
    names = ["PERF", "JS1", "JS2", "AM1", "AM2", "SE1", "SE2", "VI"]
    spread = np.array([2.09, 3.43, 2.81, 1.95, 2.06, 2.16, 2.06, 3.65])
    published = Path(__file__).parents[3] / "data" / "published" / "bagozzi1980.csv"
    lower = pd.read_csv(published, index_col="variable").loc[names, names].fillna(0).to_numpy()
    whole = lower + np.tril(lower, -1).T
    covariances = pd.DataFrame(whole * np.outer(spread, spread), index=names, columns=names)
    covariances.to_csv(
        DATA / "bagozzi_cov.csv", index_label="variable", lineterminator="\n", float_format="%.15g"
    )


def main():
    DATA.mkdir(exist_ok=True)
    complete = survey()
    tables = {
        "survey": complete, "survey_missing": survey_missing(complete), "growth": growth(),
        "paths": paths(), "wide": wide(), "bifactor": bifactor(), "small": small(),
        "scaled": scaled(), "kmv": kmv(),
    }  # fmt: skip
    for name, table in tables.items():
        table.to_csv(DATA / f"{name}.csv", index=False, lineterminator="\n")
    items = complete.drop(columns=["region", "t4"])
    matrix(items.cov(), "survey_cov.csv")
    matrix(items.corr().round(4), "survey_cor.csv")
    matrix(items.mean().rename("mean"), "survey_means.csv")
    matrix(heywood(), "heywood_cov.csv")
    bagozzi()


if __name__ == "__main__":
    main()
