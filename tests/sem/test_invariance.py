"""`kl.measurement_invariance`: the four levels, and what they find."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from tests.sem import fit_cases as cases

MODEL = "f =~ y1 + y2 + y3 + y4"
LEVELS = ["configural", "metric", "scalar", "strict"]


def answers(n=150, shift=(0.0, 0.0, 0.0, 0.0), weaker=1.0, noise=1.0):
    """Two groups measured alike but for one intercept, one loading or one residual variance."""
    rng = np.random.default_rng(8)
    parts = []
    for second in (False, True):
        factor = rng.normal(0.5 * second, 1, (n, 1))
        loadings = np.array([1.0, 0.9, 0.8, 1.1])
        spread = np.full(4, 0.6)
        if second:
            loadings[2] *= weaker
            spread[1] *= noise
        rows = factor * loadings + spread * rng.normal(size=(n, 4)) + 4
        parts.append(pd.DataFrame(rows + np.array(shift) * second, columns=MODEL.split()[2::2]))
    return pd.concat(parts, keys=["old", "new"], names=["wave", None]).reset_index("wave")


def test_levels_share_loadings_then_intercepts_then_residuals():
    found = kl.measurement_invariance(MODEL, answers(), group="wave")
    table = found.tidy()
    assert table["term"].tolist() == LEVELS
    # Three loadings; four intercepts less one mean of the factor; four residual variances.
    assert table["df_diff"].tolist()[1:] == [3, 3, 4]
    for level, fit in found.fits.items():
        alone = kl.fit_sem(
            MODEL,
            answers(),
            group="wave",
            group_equal={
                "configural": (),
                "metric": ("loadings",),
                "scalar": ("loadings", "intercepts"),
                "strict": ("loadings", "intercepts", "residuals"),
            }[level],
        )
        pd.testing.assert_frame_equal(alone.tidy(), fit.tidy())


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        ({}, None),
        ({"weaker": 0.4}, "metric"),
        ({"shift": (0.0, 0.0, 0.0, 0.8)}, "scalar"),
        ({"noise": 2.0}, "strict"),
    ],
)
def test_the_level_that_the_data_break_is_found(change, breaks):
    table = kl.measurement_invariance(MODEL, answers(**change), group="wave").tidy()
    rejected = table.set_index("term")["p_value"] < 0.001
    assert rejected[rejected].index.tolist() == ([breaks] if breaks else [])


def test_an_exception_repairs_what_one_item_broke():
    table = answers(shift=(0.0, 0.0, 0.0, 0.8))
    whole = kl.measurement_invariance(MODEL, table, group="wave").tidy()
    partial = kl.measurement_invariance(MODEL, table, group="wave", group_partial=["y4 ~ 1"]).tidy()
    assert whole["p_value"][2] < 0.001 < partial["p_value"][2]
    assert partial["df_diff"][2] == whole["df_diff"][2] - 1


def test_other_arguments_are_those_of_fit_sem():
    found = kl.measurement_invariance(MODEL, answers(), group="wave", estimator="MLR")
    assert {fit.options.estimator for fit in found.fits.values()} == {"MLR"}
    assert "2001" in str(found.notes[0])


def test_title_and_report_name_the_column_and_the_levels(language):
    found = kl.measurement_invariance(MODEL, answers(), group="wave")
    assert "wave" in str(found.title)
    assert all(level in found.report() for level in LEVELS)
    assert found.plot().has_data()


def test_the_levels_set_what_groups_share(language):
    with pytest.raises(kl.ArgumentError, match="group_partial"):
        kl.measurement_invariance(MODEL, answers(), group="wave", group_equal=("loadings",))


def test_one_group_is_refused_by_the_columns_name(language):
    with pytest.raises(kl.ArgumentError, match="'wave'"):
        kl.measurement_invariance(MODEL, answers().assign(wave="old"), group="wave")


def test_a_column_that_is_not_there_is_refused(language):
    with pytest.raises(kl.ModelError, match="'waves'"):
        kl.measurement_invariance(MODEL, answers(), group="waves")


def test_rows_that_are_left_out_are_told_at_the_line_of_the_call():
    table = answers()
    table.loc[[1, 2], "y1"] = np.nan
    with pytest.warns(kl.RowsLeftOutWarning) as found:
        kl.measurement_invariance(MODEL, table, group="wave")
    assert {one.filename for one in found} == {__file__}


def test_two_factors_of_the_survey_in_two_groups():
    text = "f1 =~ y1 + y2 + y3; f2 =~ y4 + y5 + y6"
    table = kl.measurement_invariance(text, cases.complete(), group="group").tidy()
    assert table["df_diff"].tolist()[1:] == [4, 4, 6]
    assert table["npar"].is_monotonic_decreasing
