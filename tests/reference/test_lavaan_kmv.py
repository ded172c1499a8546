"""The test of commitment-trust theory beside lavaan, on the scores in kmv_scores.csv."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.sem.fit import fit_sem

HERE = Path(__file__).parent
SCORES = HERE / "kmv_scores.csv"
NUMBERS = HERE / "lavaan_kmv.csv"
# lavaan stops where its gradient is below 1e-7; the scores and numbers have twelve digits.
ESTIMATE = 1e-6
# lavaan takes its observed information from differences of the gradient.
ERROR = 1e-5
# Another release of lavaan or R on another machine stops elsewhere on the same flat bottom.
RERUN = 1e-5
PATIENCE = 300


def numbers(path):
    return pd.read_csv(path, comment="#", keep_default_na=False)


def values(path, what):
    table = numbers(path).query("what == @what")
    return table.set_index(["outcome", "cause"])["value"].astype(float)


@pytest.fixture(scope="module")
def assessed():
    scores = pd.read_csv(SCORES)
    return kl.assess_theory(cov=scores.corr(), nobs=len(scores), source="kmv_scores.csv")


@pytest.fixture(scope="module")
def paths(assessed):
    return assessed.tidy().set_index(["outcome", "cause"])


def test_the_scores_are_standardised_so_that_units_agree():
    scores = pd.read_csv(SCORES)
    assert scores.shape[1] == 12
    np.testing.assert_allclose(scores.mean(), 0, atol=1e-10)
    np.testing.assert_allclose(scores.std(), 1, atol=1e-10)


def test_the_thirteen_estimates_are_lavaans(paths):
    expected = values(NUMBERS, "estimate")
    assert len(expected) == 13
    np.testing.assert_allclose(paths["estimate"].loc[expected.index], expected, atol=ESTIMATE)


def test_errors_are_lavaans(paths):
    expected = values(NUMBERS, "std_error")
    np.testing.assert_allclose(paths["std_error"].loc[expected.index], expected, rtol=ERROR)


def test_shares_explained_are_lavaans(assessed):
    expected = values(NUMBERS, "r_squared").droplevel("cause")
    found = assessed.r_squared().set_index("outcome")["r_squared"]
    assert len(expected) == len(found) == 7
    np.testing.assert_allclose(found[expected.index], expected, atol=ESTIMATE)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("chisq", "chisq"), ("df", "df"), ("pvalue", "p_value"), ("srmr", "srmr"),
        ("npar", "npar"), ("ntotal", "nobs"),
    ],
)  # fmt: skip
def test_measures_of_fit_are_lavaans(assessed, what, name):
    found = assessed.glance()[name].item()
    assert found == pytest.approx(values(NUMBERS, what).item(), rel=ESTIMATE)


def test_the_models_own_text_gives_the_same_from_the_scores_themselves(paths):
    fit = fit_sem(kl.theory.KMV_PATHS, pd.read_csv(SCORES), information="observed").tidy()
    found = fit[fit["op"] == "~"].set_index(["lhs", "rhs"])
    expected = values(NUMBERS, "estimate")
    errors = values(NUMBERS, "std_error")
    np.testing.assert_allclose(found["estimate"].loc[expected.index], expected, atol=ESTIMATE)
    np.testing.assert_allclose(found["std_error"].loc[errors.index], errors, rtol=ERROR)


def test_the_stored_numbers_say_which_lavaan_made_them():
    assert NUMBERS.read_text(encoding="utf-8").startswith("# lavaan 0.")


def run_lavaan(script, *given):
    """Run a script of this folder, or skip where R or lavaan is missing."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not installed")
    probe = 'quit(status = !requireNamespace("lavaan", quietly = TRUE))'
    if subprocess.run([rscript, "-e", probe], capture_output=True, check=False).returncode:
        pytest.skip("R has no package lavaan")
    subprocess.run([rscript, HERE / script, *given], check=True, timeout=PATIENCE)


@pytest.mark.r
def test_lavaan_gives_the_stored_numbers_again(tmp_path):
    again = tmp_path / "again.csv"
    run_lavaan("lavaan_kmv.R", SCORES, again)
    found, stored = numbers(again), numbers(NUMBERS)
    keys = ["what", "outcome", "cause"]
    assert found[keys].equals(stored[keys])
    np.testing.assert_allclose(
        found["value"].astype(float), stored["value"].astype(float), rtol=RERUN, atol=RERUN
    )
