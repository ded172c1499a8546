import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.claims import Claim, Status

PRINTED = 5e-8  # the determinant is given to seven digits


@pytest.fixture
def bagozzi():
    return kl.load("bagozzi1980")


def test_bagozzis_matrix_has_the_determinant_and_eigenvalues_of_the_source(bagozzi):
    r = bagozzi.correlations.to_numpy()
    assert np.linalg.det(r) == pytest.approx(0.1200527, abs=PRINTED)
    np.testing.assert_allclose(
        np.linalg.eigvalsh(r),
        [0.3350, 0.3962, 0.4314, 0.6240, 0.8020, 1.1372, 1.1974, 3.0768],
        atol=5e-5,
    )


def test_bagozzis_matrix_is_symmetric_with_ones_and_names(bagozzi):
    r = bagozzi.correlations
    names = ["PERF", "JS1", "JS2", "AM1", "AM2", "SE1", "SE2", "VI"]
    assert list(r.index) == list(r.columns) == list(bagozzi.std_devs.index) == names
    np.testing.assert_array_equal(r, r.T)
    np.testing.assert_array_equal(np.diag(r), 1)
    assert bagozzi.nobs == 122


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("JS1", "JS2", 0.627), ("PERF", "VI", -0.357), ("SE1", "SE2", 0.546), ("AM1", "AM2", 0.365)],
)
def test_single_correlations_are_those_of_the_source(bagozzi, one, other, expected):
    assert bagozzi.correlations.loc[one, other] == expected


def test_covariances_are_correlations_times_both_standard_deviations(bagozzi):
    assert bagozzi.covariances.loc["PERF", "JS1"] == pytest.approx(0.418 * 2.09 * 3.43)
    np.testing.assert_allclose(np.sqrt(np.diag(bagozzi.covariances)), bagozzi.std_devs)


def test_independence_chi_square_of_bagozzis_matrix(bagozzi):
    chisq = -(bagozzi.nobs - 1) * np.log(np.linalg.det(bagozzi.correlations))
    assert chisq == pytest.approx(256.50, abs=0.005)


def test_what_bagozzis_variables_mean_is_marked_as_recalled(bagozzi):
    assert set(bagozzi.meanings) == set(bagozzi.correlations)
    assert {claim.status for claim in bagozzi.meanings.values()} == {Status.RECALLED}
    assert bagozzi.source.status is Status.SECONDARY


def test_cdnow_has_its_2357_customers():
    accounts = kl.load("cdnow")
    assert len(accounts) == 2357
    assert accounts["account_id"].is_unique


def test_cdnow_obeys_the_rules_of_such_a_summary():
    accounts = kl.load("cdnow")
    assert (accounts["recency"] <= accounts["T"]).all()
    assert ((accounts["frequency"] == 0) == (accounts["recency"] == 0)).all()
    # The first orders of the sample fall into the first twelve weeks of observation.
    assert accounts["T"].between(accounts["T"].max() - 12, accounts["T"].max()).all()


def test_cdnow_is_the_file_that_it_was():
    accounts = kl.load("cdnow")
    sums = accounts[["frequency", "recency", "T"]].sum().round(2).to_dict()
    assert sums == {"frequency": 2457.0, "recency": 16135.52, "T": 77111.21}


def test_cdnow_names_its_source():
    source = kl.load("cdnow").attrs["source"]
    assert isinstance(source, Claim)
    assert "lifetimes" in source.source


def test_a_copy_of_published_data_can_be_changed_without_harm():
    cdnow, bagozzi = kl.load("cdnow"), kl.load("bagozzi1980")
    cdnow["frequency"] = 0
    bagozzi.correlations.loc[:, :] = 0
    assert kl.load("cdnow")["frequency"].sum() > 0
    assert kl.load("bagozzi1980").correlations.loc["JS1", "JS2"] == 0.627


@pytest.mark.parametrize("name", ["bagozi", "", "cdnow.csv", "../published/cdnow"])
def test_an_unknown_data_set_is_refused_with_those_that_exist(name, language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.load(name)
    assert "bagozzi1980" in str(caught.value)
    assert "cdnow" in str(caught.value)


def test_the_sample_company_is_the_same_at_every_call():
    one, other = kl.sample_company(), kl.sample_company()
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name])
    assert len(one.accounts) == 240
    assert one.simulated


def test_changing_a_lent_table_does_not_change_the_sample():
    accounts = kl.sample_company().accounts
    accounts["name"] = "changed"
    accounts.loc[:, "account_id"] = "changed"
    assert not (kl.sample_company().accounts == "changed").any(axis=None)
