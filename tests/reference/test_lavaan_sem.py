"""kl.fit_sem beside lavaan on the models in lavaan_sem/specs."""

import tomllib
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl

FOLDER = Path(__file__).parent / "lavaan_sem"
TOPICS = (
    "cfa", "constraints", "extremes", "groups", "growth", "matrices", "missing", "robust",
    "structural", "weighted",
)  # fmt: skip
# What polishing left in lavaan's gradient, and the estimates' distance from the minimum in
# standard errors of one observation.
GRADIENT = 1e-7
DISTANCE = 1e-8
# Twelve digits are stored; the rest is room for another order of additions.
ESTIMATE = 1e-7
# lavaan takes observed information from differences of the gradient.
ERROR = 1e-5
STATISTIC = 1e-6
# lavaan's p-values are one less a distribution function, so wrong by rounding where they are tiny.
P_VALUE = 1e-6

MEASURES = {
    "nobs": "ntotal", "npar": "npar", "chisq": "chisq", "df": "df", "p_value": "pvalue",
    "cfi": "cfi", "tli": "tli", "nfi": "nfi", "pnfi": "pnfi", "rmsea": "rmsea",
    "rmsea_low": "rmsea.ci.lower", "rmsea_high": "rmsea.ci.upper", "rmsea_p": "rmsea.pvalue",
    "srmr": "srmr", "aic": "aic", "bic": "bic", "loglik": "logl",
    "chisq_baseline": "baseline.chisq", "df_baseline": "baseline.df",
}  # fmt: skip
ROBUST = {
    "chisq_scaled": "chisq.scaled", "p_value_scaled": "pvalue.scaled",
    "scaling": "chisq.scaling.factor", "cfi_scaled": "cfi.scaled", "tli_scaled": "tli.scaled",
    "rmsea_scaled": "rmsea.scaled", "cfi_robust": "cfi.robust", "tli_robust": "tli.robust",
    "rmsea_robust": "rmsea.robust",
}  # fmt: skip
ROW = ["lhs", "op", "rhs", "group"]


@cache
def specs(topic):
    return tomllib.loads((FOLDER / "specs" / f"{topic}.toml").read_text(encoding="utf-8"))


@cache
def stored(name):
    """One file of values; names are kept as they are, empty numbers become NaN."""
    table = pd.read_csv(FOLDER / "values" / f"{name}.csv", comment="#", keep_default_na=False)
    names = {*ROW[:3], "model", "label", "measure", "kind", "a", "b", "pair", "restricted"}
    numbers = table.columns.difference([*names, "free", "method"])
    return table.assign(**{column: pd.to_numeric(table[column]) for column in numbers})


def values(topic, kind, model):
    table = stored(f"{topic}_{kind}")
    return table[table["model"] == model].drop(columns="model")


TOPIC_OF = {model: topic for topic in TOPICS for model in specs(topic)}
MODELS = list(TOPIC_OF)


def models_with(*wanted):
    return [m for m in MODELS if set(wanted) & set(specs(TOPIC_OF[m])[m].get("also", ()))]


def data_of(spec):
    return pd.read_csv(FOLDER / "data" / spec["data"])


def arguments(spec):
    """What kl.fit_sem is called with: files become tables, the rest stays."""
    given = {key: value for key, value in spec.items() if key not in ("also", "without")}
    if "data" in spec:
        given["data"] = data_of(spec)
    if "cov" in spec:
        given["cov"] = pd.read_csv(FOLDER / "data" / spec["cov"], index_col=0)
    if "means" in spec:
        given["means"] = pd.read_csv(FOLDER / "data" / spec["means"], index_col=0)["mean"]
    return given


@cache
def fitted(model):
    # Improper solutions and rows left out are part of the models here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", kl.KamlabWarning)
        return kl.fit_sem(**arguments(specs(TOPIC_OF[model])[model]))


def keyed(table):
    """Rows by formula; covariances with their names in order, definitions by name."""
    table = table.copy()
    defined, both = table["op"] == ":=", table["op"] == "~~"
    table.loc[defined, "rhs"] = ""
    table.loc[defined, "group"] = 0
    pairs = np.sort(table.loc[both, ["lhs", "rhs"]].to_numpy(dtype=str), axis=1)
    table.loc[both, ["lhs", "rhs"]] = pairs.astype(object)
    return table.set_index(ROW)


@cache
def rows(model):
    """lavaan's rows and ours, side by side.

    Only means and intercepts fixed at zero may be missing on either side.
    """
    theirs = keyed(values(TOPIC_OF[model], "estimates", model))
    ours = keyed(fitted(model).tidy())
    assert ours.index.is_unique
    missing, extra = theirs.index.difference(ours.index), ours.index.difference(theirs.index)
    idle = theirs.loc[missing]
    assert (idle["est"] == 0).all(), missing
    assert (ours.loc[extra, "estimate"] == 0).all(), extra
    assert {op for _, op, _, _ in [*missing, *extra]} <= {"~1"}
    theirs = theirs.drop(index=missing)
    return theirs, ours.loc[theirs.index]


def test_every_model_has_values_of_a_named_lavaan():
    assert len(MODELS) >= 150
    for topic in TOPICS:
        for kind in ("estimates", "fit", "more"):
            path = FOLDER / "values" / f"{topic}_{kind}.csv"
            assert path.read_text(encoding="utf-8").startswith("# lavaan 0.6.14, R ")
        assert list(dict.fromkeys(stored(f"{topic}_fit")["model"])) == list(specs(topic))
        assert list(dict.fromkeys(stored(f"{topic}_estimates")["model"])) == list(specs(topic))


def test_lavaan_stood_at_a_minimum_of_every_model():
    for topic in TOPICS:
        table = stored(f"{topic}_fit")
        for measure, most in (("gradient", GRADIENT), ("remaining", DISTANCE)):
            left = table.loc[table["measure"] == measure, "value"]
            assert len(left) == len(specs(topic))
            assert (left < most).all()


@pytest.mark.parametrize("model", MODELS)
def test_estimates_are_lavaans(model):
    theirs, ours = rows(model)
    # Judged by standard errors too, for an estimate near zero has few digits of its own.
    room = ESTIMATE * (theirs["est"].abs() + 10 * theirs["se"].fillna(0)) + 1e-15
    gap = (ours["estimate"] - theirs["est"]).abs()
    assert (gap <= room).all(), (gap / room).idxmax()


@pytest.mark.parametrize("model", MODELS)
def test_labels_are_those_of_the_model(model):
    theirs, ours = rows(model)
    written = theirs["label"] != ""
    assert list(ours.loc[written, "label"]) == list(theirs.loc[written, "label"])


@pytest.mark.parametrize("model", MODELS)
def test_standard_errors_are_lavaans(model):
    theirs, ours = rows(model)
    free = theirs["se"] > 0
    np.testing.assert_allclose(ours["std_error"][free], theirs["se"][free], rtol=ERROR)
    fixed = theirs["se"] == 0
    assert (ours["std_error"][fixed].fillna(0) == 0).all()


@pytest.mark.parametrize("model", MODELS)
def test_z_p_and_intervals_follow_from_estimates_and_errors_as_in_lavaan(model):
    theirs, ours = rows(model)
    free = theirs["se"] > 0
    theirs, ours = theirs[free], ours[free]
    np.testing.assert_allclose(ours["statistic"], theirs["z"], rtol=ERROR, atol=ERROR)
    np.testing.assert_allclose(ours["p_value"], theirs["pvalue"], atol=ERROR)
    for column, limit in (("conf_low", "ci.lower"), ("conf_high", "ci.upper")):
        assert ((ours[column] - theirs[limit]).abs() <= ERROR * 3 * theirs["se"]).all()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("column", "kind"), [("std_lv", "std.lv"), ("std_all", "std.all")])
def test_standardised_estimates_are_lavaans(model, column, kind):
    theirs, ours = rows(model)
    # An intercept fixed at zero is zero or nothing once standardised.
    np.testing.assert_allclose(
        ours[column].fillna(0), theirs[kind].fillna(0), rtol=STATISTIC, atol=STATISTIC
    )


@pytest.mark.parametrize("model", MODELS)
def test_measures_of_fit_are_lavaans(model):
    theirs = values(TOPIC_OF[model], "fit", model).set_index("measure")["value"]
    ours = fitted(model).glance().iloc[0]
    robust = specs(TOPIC_OF[model])[model].get("estimator") in ("MLM", "MLR")
    for name, measure in (MEASURES | ROBUST if robust else MEASURES).items():
        if measure in theirs:
            room = P_VALUE if "p_value" in name or name == "rmsea_p" else STATISTIC
            assert ours[name] == pytest.approx(theirs[measure], rel=STATISTIC, abs=room), name


@pytest.mark.parametrize("model", MODELS)
def test_explained_shares_are_lavaans(model):
    theirs = long(model, "r_squared")
    if theirs.empty:
        pytest.skip("nothing is explained in this model")
    ours = with_groups(fitted(model).r_squared()).set_index(["outcome", "group"])["r_squared"]
    found = ours.loc[list(zip(theirs["a"], theirs["group"], strict=True))]
    np.testing.assert_allclose(found, theirs["value"], rtol=STATISTIC, atol=STATISTIC)


def long(model, kind):
    table = values(TOPIC_OF[model], "more", model)
    return table[table["kind"] == kind]


def with_groups(table):
    return table if "group" in table else table.assign(group=1)


@pytest.mark.parametrize("model", models_with("modification"))
def test_modification_indices_are_lavaans(model):
    ours = with_groups(fitted(model).modification_indices())
    ours = keyed(ours)
    for kind in ("mi", "epc"):
        theirs = long(model, kind)
        formula = theirs["a"].str.split(" ", expand=True)
        theirs = keyed(theirs.assign(lhs=formula[0], op=formula[1], rhs=theirs["b"]))
        assert not theirs.index.difference(ours.index).size
        # An index near zero is the square of a difference that cancels.
        np.testing.assert_allclose(
            ours.loc[theirs.index, kind], theirs["value"], rtol=ERROR, atol=ERROR
        )


@pytest.mark.parametrize("model", models_with("residuals"))
def test_residual_correlations_are_lavaans_of_the_type_that_subtracts_correlations(model):
    theirs = long(model, "cor_bollen")
    theirs = theirs[theirs["a"] != theirs["b"]]
    ours = with_groups(fitted(model).residual_correlations())
    ours["pair"] = [frozenset(two) for two in zip(ours["first"], ours["second"], strict=True)]
    found = ours.set_index(["pair", "group"])["residual_correlation"]
    for row in theirs.itertuples():
        assert found[frozenset((row.a, row.b)), row.group] == pytest.approx(
            row.value, abs=STATISTIC
        )


@pytest.mark.parametrize("model", models_with("implied"))
def test_implied_moments_are_lavaans(model):
    for group, cells in long(model, "implied_cov").groupby("group"):
        ours = fitted(model).implied_moments(group=group)
        for row in cells.itertuples():
            assert ours.loc[row.a, row.b] == pytest.approx(row.value, rel=STATISTIC, abs=1e-9)
        means = long(model, "implied_mean").pipe(lambda t, g=group: t[t["group"] == g])
        if len(means):
            np.testing.assert_allclose(ours.loc["mean", means["a"]], means["value"], rtol=STATISTIC)


@pytest.mark.parametrize("method", ["regression", "bartlett"])
@pytest.mark.parametrize("model", models_with("scores"))
def test_factor_scores_are_lavaans(model, method):
    spec = specs(TOPIC_OF[model])[model]
    ours, data = fitted(model).factor_scores(method=method), data_of(spec)
    labels = data[spec["group"]].unique() if "group" in spec else [None]
    for number, label in enumerate(labels, start=1):
        cases = data.index if label is None else data.index[data[spec["group"]] == label]
        own = ours.loc[ours.index.intersection(cases)]
        theirs = long(model, f"scores_{method}").pipe(lambda t, g=number: t[t["group"] == g])
        for row in theirs.itertuples():
            found = own[row.b].iloc[int(row.a) - 1]
            assert found == pytest.approx(row.value, rel=STATISTIC, abs=STATISTIC)


@pytest.mark.parametrize("model", ["scaled_badly", "scaled_badly_structural"])
def test_odd_units_change_no_statistic_though_lavaan_then_has_no_errors(model):
    fair, odd = fitted(model.replace("badly", "fairly")), fitted(model)
    np.testing.assert_allclose(
        odd.tidy()["statistic"], fair.tidy()["statistic"], rtol=STATISTIC, atol=STATISTIC
    )
    assert odd.glance()["chisq"].item() == pytest.approx(fair.glance()["chisq"].item())
