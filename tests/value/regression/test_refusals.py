import warnings

import numpy as np
import pytest

import kamlab as kl

MODELS = ["log_linear", "gamma", "two_part", "quantile"]
WRONG = [
    ({"model": "ols"}, "log_linear"),
    ({"model": "quantile", "quantile": 1.0}, "quantile"),
    ({"cov": "HC3"}, "cluster"),
    ({"retention_rate": "high"}, "fit_retention"),
    ({"retention_known": True}, "retention_known"),
    ({"error": 0.3}, "score_error"),
]


@pytest.mark.parametrize(("wrong", "named"), WRONG)
def test_wrong_arguments_are_refused_with_what_is_allowed(table, wrong, named, language):
    with pytest.raises(kl.ArgumentError, match=named):
        kl.fit_value("log(ltv) ~ trust", table, **wrong)


def test_all_that_is_wrong_is_said_at_once(table):
    with pytest.raises(kl.ArgumentError, match=r"(?s)ols.*HC3.*score_error"):
        kl.fit_value("ltv ~ trust", table, model="ols", cov="HC3", error=1)


@pytest.mark.parametrize("model", MODELS)
def test_an_outcome_that_does_not_fit_the_model_is_refused(table, model, language):
    with pytest.raises(kl.ModelError, match="ltv"):
        kl.fit_value("net_margin ~ trust", table, model=model)


def test_a_row_that_makes_the_smearing_factor_is_named(table, language):
    worth = kl.fit_value("log(ltv) ~ trust", table).augment()
    row = worth.iloc[5]
    where = (table["account_id"] == row["account_id"]) & (table["period"] == row["period"])
    table.loc[where, "net_margin"] *= 1e6
    with pytest.warns(kl.DataWarning, match=f"{row['account_id']}.*{row['period']}") as told:
        fit = kl.fit_value("log(ltv) ~ trust", table)
    assert str(told[0].message) in fit.report()


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_a_quantile_of_values_that_do_not_differ_is_refused(table, value, language):
    with pytest.raises(kl.NotApplicable, match=r"the same in all|同じ"):
        kl.fit_value("ltv ~ trust", table.assign(net_margin=value), model="quantile")


@pytest.mark.parametrize("quantile", [0.1, 0.5])
@pytest.mark.parametrize("share", [0.6, 0.9])
def test_a_quantile_amid_zeros_is_refused_and_two_parts_offered(table, share, quantile, language):
    zero = np.random.default_rng(1).random(len(table)) < share
    some = table.assign(net_margin=table["net_margin"].mask(zero, 0.0))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with pytest.raises(kl.NotApplicable, match="two_part"):
            kl.fit_value("ltv ~ trust", some, model="quantile", quantile=quantile)
