import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.panel.simex import simex
from kamlab.quality.score_error import ScoreError, score_error

RATE = {"retention_rate": 0.55, "discount_rate": 0.10}
# One parabola through an attenuation curve b / (1 + l v) at reliability .8 ends this near to b.
PARABOLA = 0.03


@pytest.fixture(scope="module")
def error(company):
    return score_error(company)


@pytest.fixture(scope="module")
def found(worth, error):
    return simex(worth, error)


def exact(reliability, n=20_000, seed=3, slope=0.5):
    """Rows in which moments are exactly those of the population, and the error in them."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(n, 4)))[0] * np.sqrt(n)
    basis -= basis.mean(axis=0)
    variance = (1 - reliability) / reliability
    rows = pd.DataFrame(
        {
            "account_id": np.arange(n).astype(str),
            "period": 2025,
            "start": pd.Timestamp("2025-04-01"),
            "stayed": True,
            "decided": True,
            "n_respondents": 1.0,
            "trust": basis[:, 0] + np.sqrt(variance) * basis[:, 1],
            "net_margin": np.exp(10 + slope * basis[:, 0] + 0.3 * basis[:, 2]),
        }
    )
    ids = rows["account_id"].to_numpy()
    return rows, ScoreError(
        constructs=("trust",),
        account_ids=pd.Index(ids),
        crossed=np.full((n, 1, 1), variance),
        freedom=np.ones(n),
        scores=rows[["account_id"]],
    )


@pytest.mark.parametrize("reliability", [0.9, 0.8])
def test_it_follows_the_attenuation_and_its_parabola(reliability):
    rows, error = exact(reliability)
    fit = kl.fit_value("log(ltv) ~ trust", rows, **RATE)
    result = simex(fit, error, n_sets=20)
    variance = (1 - reliability) / reliability
    path = result.augment().query("term == 'trust'")
    curve = 0.5 / (1 + (1 + path["error_level"]) * variance)
    np.testing.assert_allclose(path["estimate"], curve, rtol=5e-3)
    best = np.polyval(np.polyfit(path["error_level"], curve, 2), -1)
    corrected = result.tidy().set_index("term").loc["trust", "corrected"]
    assert corrected == pytest.approx(best, rel=5e-3)
    assert corrected == pytest.approx(0.5, rel=PARABOLA)


def test_it_agrees_with_calibration_where_reliability_is_high():
    rows, error = exact(0.9)
    plain = kl.fit_value("log(ltv) ~ trust", rows, **RATE)
    calibrated = kl.fit_value("log(ltv) ~ trust", rows, error=error, **RATE)
    corrected = simex(plain, error, n_sets=20).tidy().set_index("term").loc["trust", "corrected"]
    assert corrected == pytest.approx(calibrated.coefficients["trust"], rel=PARABOLA)


def test_staying_can_be_shaken_too(stay, error, company):
    table = simex(stay, error).tidy().set_index("term")
    calibrated = kl.fit_retention(stay.design.formula, company, error=error).coefficients
    for name in ("trust", "commitment"):
        assert table.loc[name, "corrected"] > table.loc[name, "naive"]
        assert table.loc[name, "corrected"] == pytest.approx(calibrated[name], rel=0.15)


def test_the_path_begins_at_the_estimates(found, worth):
    path = found.augment()
    first = path[path["error_level"] == 0].set_index("term")["estimate"]
    np.testing.assert_array_equal(first, worth.estimates.coefficients)
    assert path["error_level"].unique().tolist() == [0, 0.5, 1, 1.5, 2]
    assert found.tidy()["naive"].tolist() == first.tolist()


def test_a_seed_gives_the_same_and_another_something_near(worth, error, found):
    again, other = (simex(worth, error, seed=seed).tidy()["corrected"] for seed in (0, 1))
    np.testing.assert_array_equal(found.tidy()["corrected"], again)
    assert (found.tidy()["corrected"] != other).all()
    np.testing.assert_allclose(found.tidy()["corrected"], other, atol=0.02)


def test_products_and_squares_are_shaken_with_their_scores(company, error):
    fit = kl.fit_value("log(ltv) ~ trust + I(trust ** 2) + size", company)
    table = simex(fit, error).tidy().set_index("term")
    assert (table["naive"] != table["corrected"]).all()


def test_every_verb_answers(found, language):
    assert "nan" not in str(found.summary())
    assert found.plot().get_title(loc="left")
    assert "trust" not in found.report()
    assert found.glance()["n_failed"].item() == 0


WRONG = [
    ({"n_sets": 1}, "n_sets"),
    ({"levels": (1.0,)}, "levels"),
    ({"levels": (0.0, 1.0)}, "levels"),
    ({"levels": (1.0, 1.0)}, "levels"),
]


@pytest.mark.parametrize(("wrong", "named"), WRONG)
def test_wrong_arguments_are_refused(worth, error, wrong, named, language):
    with pytest.raises(kl.ArgumentError, match=named):
        simex(worth, error, **wrong)


def test_what_cannot_be_shaken_is_refused(company, error, stay, language):
    corrected = kl.fit_value("log(ltv) ~ trust", company, error=error)
    with pytest.raises(kl.ArgumentError, match="error="):
        simex(corrected, error)
    with pytest.raises(kl.ModelError):
        simex(kl.fit_value("log(ltv) ~ size", company), error)
    with pytest.raises(kl.NotApplicable, match="retention_rate"):
        simex(kl.fit_value("log(ltv) ~ trust", company, retention_rate=stay), error)
    with pytest.raises(kl.ArgumentError):
        simex(error, error)


def test_a_penalised_logit_can_be_shaken_too(table, error):
    told = [
        simex(kl.fit_retention("stayed ~ trust", table, model=model), error, n_sets=4).tidy()
        for model in ("logit", "firth")
    ]
    # Sets of errors are the same; the penalty draws towards 0 by little where many left.
    np.testing.assert_allclose(told[1]["corrected"], told[0]["corrected"], rtol=0.05)
