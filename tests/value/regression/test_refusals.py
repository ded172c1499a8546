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
