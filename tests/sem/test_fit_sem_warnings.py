"""What `kl.fit_sem` warns of, at the line of the call."""

import warnings

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.sem import fit_cases as cases


def warned(kind, *call, **options):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        fit = kl.fit_sem(*call, **options)
    assert [one.category for one in found] == [kind]
    assert found[0].filename == __file__
    return fit, str(found[0].message)


def test_rows_left_out_are_counted_with_the_reason(language):
    table = cases.complete()
    table.loc[[3, 8], "y1"] = np.nan
    fit, words = warned(kl.RowsLeftOutWarning, cases.ONE, table)
    assert "2" in words
    assert "121" in words
    assert "fiml" in words
    assert fit.glance()["nobs"].item() == 119
    assert "2" in str(fit.notes[0])


@pytest.mark.parametrize(
    ("columns", "remedy"), [(["x1"], "fixed_x=False"), (["y1", "y2", "y3", "x1"], "")]
)
def test_full_information_leaves_out_what_says_nothing(columns, remedy):
    table = cases.complete()
    table.loc[[3, 8], columns] = np.nan
    fit, words = warned(kl.RowsLeftOutWarning, f"{cases.ONE}; f ~ x1", table, missing="fiml")
    assert "2" in words
    assert remedy in words
    assert fit.glance()["nobs"].item() == 119


def test_a_row_without_any_value_is_left_out():
    table = cases.complete()
    table.loc[[3, 8, 9], ["y1", "y2", "y3"]] = np.nan
    fit, words = warned(kl.RowsLeftOutWarning, cases.ONE, table, missing="fiml")
    assert "3" in words
    assert fit.glance()["nobs"].item() == 118


def test_a_row_without_a_group_is_left_out_and_counted():
    table = cases.complete()
    table["group"] = table["group"].where(table.index > 4)
    fit, words = warned(kl.RowsLeftOutWarning, cases.ONE, table, group="group")
    assert "5" in words
    assert "group" in words
    assert fit.glance()["nobs"].item() == 116
    assert str(fit.notes[0]) == "116 cases, 5 left out."


HEYWOOD = pd.DataFrame([[1, 0.8, 0.8], [0.8, 1, 0.3], [0.8, 0.3, 1]])


def test_a_negative_variance_is_warned_of_and_noted(language):
    names = ["y1", "y2", "y3"]
    cov = HEYWOOD.set_axis(names, axis=0).set_axis(names, axis=1)
    fit, words = warned(kl.ImproperSolutionWarning, cases.ONE, cov=cov, nobs=100)
    assert "y1" in words
    assert "y2" not in words
    assert words in [str(note) for note in fit.notes]
    assert words in fit.report()


def test_a_correlation_beyond_one_names_the_latent_variables_and_the_group():
    table = cases.complete()
    second = (table["group"] == 2).to_numpy()
    noise = 0.5 * np.random.default_rng(0).normal(size=(len(table), 4))
    table[["z1", "z2", "z3", "z4"]] = table[["y1", "y1", "y4", "y4"]].to_numpy() + noise
    # In group 2 indicators of different factors have more in common than those of one factor.
    table.loc[second, "z3"] = table.loc[second, "z1"] + noise[second, 2] / 2
    table.loc[second, "z4"] = table.loc[second, "z2"] + noise[second, 3] / 2
    model = "g1 =~ z1 + z2; g2 =~ z3 + z4"
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        fit = kl.fit_sem(model, table, group="group")
    words = [str(one.message) for one in found if "g1, g2" in str(one.message)]
    assert len(words) == 1
    assert words[0].startswith("Group 2")
    assert words[0] in fit.report()
