import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.simulation.truth import LOG_MARGIN, RETENTION

ROUNDING = 1e-5  # yen, of values of some ten millions


@pytest.fixture(scope="module")
def company():
    return kl.sample_company()


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.gains(company.periods, {"trust": 1}, discount_rate=0.1)


def test_one_more_point_moves_staying_and_margin_by_the_rules(company, truth):
    periods = company.periods
    last = periods["period"].max()
    for row in truth.head(20).to_dict("records"):
        own = periods[periods["account_id"] == row["account_id"]].set_index("period").loc[last - 1]
        margin = own["margin"] - own["cost_to_serve"]
        r = row["stay_probability"]
        better = 1 / (1 + np.exp(-(np.log(r / (1 - r)) + RETENTION["trust"])))
        after = margin * np.exp(LOG_MARGIN["trust"]) * better / (1.1 - better)
        assert row["value_now"] == pytest.approx(margin * r / (1.1 - r))
        assert row["gain"] == pytest.approx(after - row["value_now"])


def test_all_accounts_with_an_open_renewal_are_in_it(company, truth):
    periods = company.periods
    is_open = periods.loc[periods["period"] == periods["period"].max(), "account_id"]
    assert sorted(truth["account_id"]) == sorted(is_open)


def test_points_may_differ_by_account(company, truth):
    half = pd.Series(1.0, index=truth["account_id"])
    half.iloc[::2] = 0.0
    found = company.truth.gains(company.periods, {"trust": half})
    np.testing.assert_allclose(found["gain"].iloc[::2], 0, atol=ROUNDING)
    np.testing.assert_allclose(found["gain"].iloc[1::2], truth["gain"].iloc[1::2])


def test_what_drives_nothing_is_worth_nothing(company):
    found = company.truth.gains(company.periods, {"communication": 1})
    np.testing.assert_allclose(found["gain"], 0, atol=ROUNDING)


def test_a_dearer_future_is_worth_less(company, truth):
    dear = company.truth.gains(company.periods, {"trust": 1}, discount_rate=0.3)
    assert (dear["value_now"] < truth["value_now"]).all()
