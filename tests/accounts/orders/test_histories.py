"""Accounts with the same history are one row, and a fit does not see the difference."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl

HISTORY = ["frequency", "recency", "T"]


@pytest.mark.parametrize("period", ["W", "D"])
@pytest.mark.parametrize("end", [None, "1971-06-30"])
def test_histories_are_the_accounts_counted(log, engine, period, end):
    source = engine(log.iloc[:150])
    found = kl.summarise_transactions(source, period=period, end=end, per="history")
    accounts = kl.summarise_transactions(source, period=period, end=end)
    expected = accounts.groupby(HISTORY).size().rename("count").reset_index()
    pd.testing.assert_frame_equal(found, expected)
    assert found["count"].sum() == log["account_id"].iloc[:150].nunique()


def test_some_histories_are_shared(log):
    log = log.sample(130, random_state=1)
    found = kl.summarise_transactions(log, per="history")
    assert len(found) < found["count"].sum()


@pytest.mark.parametrize("model", ["bgnbd", "mbgnbd"])
def test_a_fit_to_histories_is_the_fit_to_accounts(model):
    orders = kl.simulate_company(n_accounts=1_000, seed=2).transactions
    accounts = kl.fit_purchases(kl.summarise_transactions(orders), model)
    histories = kl.fit_purchases(kl.summarise_transactions(orders, per="history"), model)
    np.testing.assert_allclose(histories.tidy()["estimate"], accounts.tidy()["estimate"], rtol=1e-8)
    np.testing.assert_allclose(
        histories.tidy()["std_error"], accounts.tidy()["std_error"], rtol=1e-6
    )
    assert histories.glance()["loglik"].item() == pytest.approx(accounts.glance()["loglik"].item())


def test_amounts_are_not_used(log, engine):
    found = kl.summarise_transactions(engine(log.drop(columns="amount")), per="history")
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log, per="history"))


def test_a_log_without_orders_has_no_histories(log, engine):
    found = kl.summarise_transactions(engine(log.iloc[:0]), per="history")
    assert found.columns.tolist() == [*HISTORY, "count"]
    assert len(found) == 0


def test_what_is_wrong_is_said_here_too(log, engine):
    with pytest.raises(kl.DataError, match=str(len(log))):
        kl.summarise_transactions(engine(log), per="history", end="1960-01-01")
