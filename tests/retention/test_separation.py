import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.retention.renewal.fit import fit_retention
from kamlab.retention.renewal.separation import separating_terms

MODELS = ("logit", "probit", "cloglog", "random_intercept")


def design(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns])


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def test_nothing_separates_an_outcome_that_overlaps(rng):
    x = rng.normal(size=(200, 3))
    outcome = (rng.random(200) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
    assert not len(separating_terms(design(*x.T), outcome))


def test_a_term_that_separates_alone_is_named_alone(rng):
    x, other = rng.normal(size=(2, 60))
    for sign in (1, -1):
        assert separating_terms(design(other, sign * x), (x > 0.3).astype(float)).tolist() == [2]


def test_a_category_in_which_all_stay_is_named(rng):
    only, x = (rng.random(90) < 0.3).astype(float), rng.normal(size=90)
    outcome = np.where(only == 1, 1.0, rng.random(90) < 0.5)
    assert separating_terms(design(x, only), outcome).tolist() == [2]


def test_terms_that_separate_only_together_are_both_named(rng):
    a, b, c = rng.normal(size=(3, 150))
    outcome = (a - 2 * b > 0.1).astype(float)
    assert sorted(separating_terms(design(c, a, b), outcome)) == [2, 3]


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_units_do_not_matter(rng, scale):
    a, b = rng.normal(size=(2, 150))
    outcome = (a - 2 * b > 0.1).astype(float)
    assert sorted(separating_terms(design(scale * a, b), outcome)) == [1, 2]
    overlapping = (a + rng.normal(size=150) > 0).astype(float)
    assert not len(separating_terms(design(scale * a, b), overlapping))


def test_one_row_on_the_wrong_side_ends_separation(rng):
    x = np.sort(rng.normal(size=50))
    outcome = (np.arange(50) >= 20).astype(float)
    assert len(separating_terms(design(x), outcome))
    outcome[0] = 1.0
    assert not len(separating_terms(design(x), outcome))


@pytest.fixture
def quasi(rng):
    """Whoever changed the contact stayed; of the others, some did."""
    n = 150
    rows = pd.DataFrame(
        {
            "account_id": [f"A-{i % 50:02d}" for i in range(n)],
            "period": 2020 + np.arange(n) // 50,
            "changed": (rng.random(n) < 0.2).astype(float),
            "trust": rng.normal(4, 1, n),
            "decided": True,
        }
    )
    rows["start"] = pd.to_datetime(rows["period"].astype(str) + "-04-01")
    rows["stayed"] = np.where(rows["changed"] == 1, 1.0, rng.random(n) < 0.7)
    return rows


@pytest.mark.parametrize("model", MODELS)
def test_the_error_names_the_term_and_the_way_out(quasi, model, language):
    with pytest.raises(kl.ModelError) as caught:
        fit_retention("stayed ~ trust + changed", quasi, model=model)
    message = str(caught.value)
    assert "changed" in message
    assert 'model="firth"' in message
    assert "trust と" not in message
    assert "trust, " not in message


def test_firth_is_finite_where_a_term_separates(quasi):
    fit = fit_retention("stayed ~ trust + changed", quasi, model="firth")
    table = fit.tidy().set_index("term")
    assert np.isfinite(table.drop(columns=["ame", "ame_low", "ame_high"])).all(axis=None)
    row = table.loc["changed"]
    assert 0 < row["conf_low"] < row["estimate"] < row["conf_high"]
    # The profile of a coefficient that would be infinite is far from symmetric.
    assert row["conf_high"] - row["estimate"] > 1.5 * (row["estimate"] - row["conf_low"])
    assert fit.augment()["stay_probability"].between(0, 1).all()


def test_firth_of_one_proportion_adds_half_to_either_side(quasi):
    fit = fit_retention("stayed ~ 1", quasi, model="firth")
    stayed, left = quasi["stayed"].sum(), (1 - quasi["stayed"]).sum()
    expected = np.log((stayed + 0.5) / (left + 0.5))
    assert fit.tidy()["estimate"].item() == pytest.approx(expected, rel=1e-9)


def test_rare_leaving_is_told_but_not_of_firth(quasi):
    rare = quasi.assign(changed=np.arange(150) % 2)
    stayed = np.ones(150)
    stayed[[3, 8, 40, 77, 101, 120]] = 0
    rare = rare.assign(stayed=stayed)
    fit = fit_retention("stayed ~ trust + changed", rare)
    assert fit.glance()["events_per_term"].item() == 3
    assert "3.0 times per term" in fit.report()
    firth = fit_retention("stayed ~ trust + changed", rare, model="firth")
    assert "times per term" not in firth.report()
