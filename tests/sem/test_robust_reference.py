"""Robust errors and scaled tests beside lavaan's, in tests/reference/lavaan_robust."""

import numpy as np
import pandas as pd
import pytest

from kamlab.sem.inference.incomplete_fit import complete_data_fit
from kamlab.sem.inference.independence import independence
from kamlab.sem.inference.robust import robust_covariance, scaled_test
from kamlab.sem.inference.saturated import saturated_groups
from tests.sem import robust_cases as cases

# lavaan takes its observed information from differences of the gradient.
ERROR = 1e-8
CHISQ = 1e-8
# lavaan fits the baseline model by its default optimiser.
BASELINE = 1e-5
# Robust indices of incomplete data rest on that baseline model too.
INDEX = 1e-7


def reference(scenario, kind):
    table = pd.read_csv(cases.REFERENCE / "values.csv")
    own = table[(table["scenario"] == scenario) & (table["kind"] == kind)]
    return own.set_index("name")["value"]


@pytest.mark.parametrize("scenario", cases.SCENARIOS)
def test_standard_errors_are_lavaans(scenario):
    found, cluster, errors, _ = cases.fitted(scenario)
    own = np.sqrt(robust_covariance(found, errors, cluster).diagonal())
    theirs = reference(scenario, "se")
    compared = 0
    for number, group in enumerate(found.structure.groups, start=1):
        for name, parameter in zip(cases.cell_names(number), group.parameter, strict=True):
            assert own[parameter] == pytest.approx(theirs[name], rel=ERROR), name
            compared += 1
    assert compared == len(theirs)


@pytest.mark.parametrize("scenario", cases.SCENARIOS)
def test_scaled_tests_are_lavaans(scenario):
    found, cluster, _, name = cases.fitted(scenario)
    theirs = reference(scenario, "test")
    own = scaled_test(found, int(theirs["df"]), name, cluster)
    assert found.chisq == pytest.approx(theirs["chisq"], rel=CHISQ)
    assert own.scaling == pytest.approx(theirs["chisq.scaling.factor"], rel=CHISQ)
    assert own.chisq == pytest.approx(theirs["chisq.scaled"], rel=CHISQ)
    assert own.p_value == pytest.approx(theirs["pvalue.scaled"], abs=CHISQ)


@pytest.mark.parametrize("scenario", cases.SCENARIOS)
def test_the_baseline_models_scaling_is_lavaans(scenario):
    found, cluster, _, name = cases.fitted(scenario)
    theirs = reference(scenario, "test")
    own = scaled_test(independence(found), int(theirs["baseline.df"]), name, cluster)
    assert own.scaling == pytest.approx(theirs["baseline.chisq.scaling.factor"], rel=BASELINE)


@pytest.mark.parametrize("scenario", ["fiml", "fiml_normal"])
def test_robust_indices_of_incomplete_data_are_lavaans(scenario):
    found, _ = cases.two_factors(cases.cases(complete=False))
    theirs, normal = reference(scenario, "test"), scenario == "fiml_normal"
    df, baseline_df, groups = 17, 27, saturated_groups(found)
    own = complete_data_fit(found, df, normal=normal, saturated=groups)
    base = complete_data_fit(independence(found), baseline_df, normal=normal, saturated=groups)
    excess = own.chisq - df * own.scaling
    assert 1 - excess / (base.chisq - baseline_df * base.scaling) == pytest.approx(
        theirs["cfi.robust"], abs=INDEX
    )
    rmsea = np.sqrt(excess / df / found.n_total)
    assert rmsea == pytest.approx(theirs["rmsea.robust"], abs=INDEX)
