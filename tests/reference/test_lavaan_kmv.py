"""kamlab's path model beside lavaan's, on the scores in kmv_scores.csv."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.theory.kmv import equations
from kamlab.theory.paths import fit_paths

HERE = Path(__file__).parent
SCORES = HERE / "kmv_scores.csv"
NUMBERS = HERE / "lavaan_kmv.csv"
# lavaan stops where its gradient is below 1e-7; the scores and numbers have twelve digits.
ESTIMATE = 1e-6
# lavaan takes its observed information from differences of the gradient.
ERROR = 1e-5
# Another release of lavaan or R on another machine stops elsewhere on the same flat bottom.
RERUN = 1e-5


def numbers(path):
    return pd.read_csv(path, comment="#", keep_default_na=False)


def values(path, what):
    table = numbers(path).query("what == @what")
    return table.set_index(["outcome", "cause"])["value"].astype(float)


@pytest.fixture(scope="module")
def fit():
    return fit_paths(pd.read_csv(SCORES), equations())


@pytest.fixture(scope="module")
def paths(fit):
    return fit.paths.set_index(["outcome", "cause"])


def test_the_scores_are_standardised_so_that_units_agree():
    scores = pd.read_csv(SCORES)
    assert scores.shape[1] == 12
    np.testing.assert_allclose(scores.mean(), 0, atol=1e-10)
    np.testing.assert_allclose(scores.std(), 1, atol=1e-10)


def test_the_thirteen_estimates_are_lavaans(paths):
    expected = values(NUMBERS, "estimate")
    assert len(expected) == 13
    np.testing.assert_allclose(paths["estimate"].loc[expected.index], expected, atol=ESTIMATE)


def test_errors_are_lavaans_with_n_less_causes_less_one_in_the_place_of_n(paths, fit):
    expected = values(NUMBERS, "std_error")
    causes = pd.Series({outcome: len(own) for outcome, own in equations().items()})
    outcomes = expected.index.get_level_values("outcome")
    inflated = expected * np.sqrt(fit.nobs / (fit.nobs - causes[outcomes].to_numpy() - 1))
    np.testing.assert_allclose(paths["std_error"].loc[expected.index], inflated, rtol=ERROR)


def test_shares_explained_are_lavaans_once_variances_are_those_in_the_data(fit):
    """lavaan divides by the implied variance of an outcome, a regression by the observed one."""
    expected = values(NUMBERS, "r_squared").droplevel("cause")
    assert len(expected) == 7
    implied = dict(zip(fit.names, np.diag(fit.implied), strict=True))
    for outcome, share in expected.items():
        unexplained = 1 - fit.r_squared[outcome]
        assert 1 - unexplained / implied[outcome] == pytest.approx(share, abs=ESTIMATE)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("chisq", "chisq"), ("df", "df"), ("pvalue", "p_value"), ("srmr", "srmr"),
        ("npar", "npar"), ("ntotal", "nobs"),
    ],
)  # fmt: skip
def test_measures_of_fit_are_lavaans(fit, what, name):
    assert getattr(fit, name) == pytest.approx(values(NUMBERS, what).item(), rel=ESTIMATE)


def test_the_public_function_gives_the_same_from_the_correlations(paths):
    scores = pd.read_csv(SCORES)
    found = kl.assess_theory(cov=scores.corr(), nobs=len(scores), source="kmv_scores.csv").tidy()
    expected = values(NUMBERS, "estimate")
    np.testing.assert_allclose(
        found.set_index(["outcome", "cause"])["estimate"].loc[expected.index],
        expected,
        atol=ESTIMATE,
    )


def test_the_stored_numbers_say_which_lavaan_made_them():
    assert NUMBERS.read_text(encoding="utf-8").startswith("# lavaan 0.")


@pytest.mark.r
def test_lavaan_gives_the_stored_numbers_again(tmp_path):
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not installed")
    probe = 'quit(status = !requireNamespace("lavaan", quietly = TRUE))'
    if subprocess.run([rscript, "-e", probe], capture_output=True, check=False).returncode:
        pytest.skip("R has no package lavaan")
    again = tmp_path / "again.csv"
    subprocess.run([rscript, HERE / "lavaan_kmv.R", SCORES, again], check=True, timeout=120)
    found, stored = numbers(again), numbers(NUMBERS)
    keys = ["what", "outcome", "cause"]
    assert found[keys].equals(stored[keys])
    np.testing.assert_allclose(
        found["value"].astype(float), stored["value"].astype(float), rtol=RERUN, atol=RERUN
    )
