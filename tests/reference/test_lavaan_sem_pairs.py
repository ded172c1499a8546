"""Nested tests, invariance and the bootstrap beside lavaan's, on models in lavaan_sem/specs."""

import shutil
import subprocess
import tomllib
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl

FOLDER = Path(__file__).parent / "lavaan_sem"
STATISTIC = 1e-6
# Another R or another linear algebra rounds otherwise; observed information feels it most.
RERUN = 1e-5
DRAWS = 2000
# An error from 2,000 draws has a relative error near 1 / sqrt(2 * 2000) = 0.016, more with heavy
# tails; two of them differ by 5 times its root of two at the very most.
BOOTSTRAP_ERROR = 0.12
# A 2.5 % quantile of 2,000 draws has an error near 0.06 standard errors.
BOOTSTRAP_LIMIT = 0.45
TWICE = {"cfa", "matrices"}


@cache
def specs(topic):
    return tomllib.loads((FOLDER / "specs" / f"{topic}.toml").read_text(encoding="utf-8"))


@cache
def stored(name, folder=FOLDER / "values"):
    return pd.read_csv(folder / f"{name}.csv", comment="#", keep_default_na=False)


PAIRS = list(specs("pairs"))


def fitted(spec):
    given = {key: value for key, value in spec.items() if key not in ("also", "data")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", kl.KamlabWarning)
        return kl.fit_sem(data=pd.read_csv(FOLDER / "data" / spec["data"]), **given)


@pytest.mark.parametrize("pair", PAIRS)
def test_nested_tests_are_lavaans(pair):
    spec = specs("pairs")[pair]
    models = specs(spec["topic"])
    both = {role: fitted(models[spec[role]]) for role in ("free", "restricted")}
    ours = kl.compare_nested(both).tidy().set_index("term").loc["restricted"]
    theirs = stored("pairs").set_index("pair").loc[pair]
    assert theirs["method"] == spec["method"]
    assert ours["df_diff"] == theirs["df_diff"]
    # A difference of two statistics keeps their absolute precision, not their relative one.
    room = STATISTIC * max(1, *(one.glance()["chisq"].item() for one in both.values()))
    assert ours["chisq_diff"] == pytest.approx(theirs["chisq_diff"], abs=room)
    assert ours["p_value"] == pytest.approx(theirs["p_value"], rel=1e-4, abs=STATISTIC)


def test_invariance_in_one_call_is_lavaans_step_by_step():
    spec = specs("groups")["groups_configural"]
    data = pd.read_csv(FOLDER / "data" / spec["data"])
    ours = kl.measurement_invariance(spec["model"], data, group="region").tidy().set_index("term")
    measures = stored("groups_fit").set_index(["model", "measure"])["value"].astype(float)
    tests = stored("pairs").set_index("pair")
    steps = {
        "configural": "groups_configural", "metric": "groups_loadings",
        "scalar": "groups_intercepts", "strict": "groups_residuals",
    }  # fmt: skip
    for step, model in steps.items():
        for column in ("chisq", "df", "npar", "cfi", "rmsea", "aic", "bic"):
            assert ours.loc[step, column] == pytest.approx(measures[model, column], rel=STATISTIC)
    for step in ("metric", "scalar", "strict"):
        theirs = tests.loc[f"invariance_{step}"]
        assert ours.loc[step, "df_diff"] == theirs["df_diff"]
        assert ours.loc[step, "chisq_diff"] == pytest.approx(theirs["chisq_diff"], rel=1e-5)
        assert ours.loc[step, "p_value"] == pytest.approx(theirs["p_value"], rel=1e-4)
    before = ours["cfi"].shift()
    np.testing.assert_allclose(ours["cfi_diff"][1:], (ours["cfi"] - before)[1:], atol=STATISTIC)


@pytest.mark.parametrize("model", list(specs("bootstrap")))
def test_bootstrap_is_lavaans_up_to_chance(model):
    spec = specs("bootstrap")[model]
    assert spec["bootstrap"] == DRAWS
    theirs = stored("bootstrap").query("model == @model")
    theirs = theirs[theirs["se"] > 0].set_index(["lhs", "op"])
    ours = fitted(spec).tidy()
    for (lhs, op), row in theirs.iterrows():
        same = (ours["lhs"] == lhs) & (ours["op"] == op)
        found = ours[same if op == ":=" else same & (ours["rhs"] == row["rhs"])].iloc[0]
        assert found["estimate"] == pytest.approx(row["est"], abs=1e-4 * row["se"] + 1e-5)
        assert found["std_error"] == pytest.approx(row["se"], rel=BOOTSTRAP_ERROR)
        for column, limit in (("conf_low", "lower"), ("conf_high", "upper")):
            expected = row[f"{limit}_percentile"]
            assert found[column] == pytest.approx(expected, abs=BOOTSTRAP_LIMIT * row["se"])


@pytest.mark.r
@pytest.mark.parametrize("topic", sorted(TWICE))
def test_lavaan_gives_the_stored_numbers_again(topic, tmp_path):
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not installed")
    probe = 'quit(status = !requireNamespace("lavaan", quietly = TRUE))'
    if subprocess.run([rscript, "-e", probe], capture_output=True, check=False).returncode:
        pytest.skip("R has no package lavaan")
    command = [rscript, "lavaan_sem.R", topic, str(tmp_path)]
    subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=300)
    found, kept = stored(f"{topic}_estimates", tmp_path), stored(f"{topic}_estimates")
    keys = ["model", "lhs", "op", "rhs", "label", "group"]
    assert found[keys].equals(kept[keys])
    for column in ("est", "se", "std.all"):
        np.testing.assert_allclose(
            pd.to_numeric(found[column]), pd.to_numeric(kept[column]), rtol=RERUN, atol=RERUN
        )
