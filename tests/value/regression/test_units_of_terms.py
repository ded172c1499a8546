import numpy as np
import pytest

import kamlab as kl
from kamlab.panel.resample import resample

YEN = 1e9  # revenue in yen beside scores from 1 to 7
SAME = 1e-5  # statsmodels inverts normal equations whose terms are so unlike
NEAR_A_CORNER = 1e-3  # redrawn quantile regressions stop a little short
NUMBERS = ["estimate", "std_error", "conf_low", "conf_high"]
FORMULAS = {"log_linear": "log(ltv)", "gamma": "ltv", "two_part": "ltv", "quantile": "log(ltv)"}


def fitted(table, unit, model, **more):
    rows = table.assign(amount=table["size"] * unit)
    if model == "two_part":
        lost = rows["net_margin"].rank(pct=True) + rows.index % 3 / 10 < 0.3
        rows["net_margin"] = rows["net_margin"].where(~lost, -1.0)
    return kl.fit_value(f"{FORMULAS[model]} ~ trust + amount", rows, model=model, **more)


def numbers_of(fit, unit):
    told = fit.tidy().set_index("term")[NUMBERS]
    return told.mul(np.where(told.index == "amount", unit, 1), axis=0)


@pytest.mark.parametrize("model", FORMULAS)
def test_the_unit_of_a_term_changes_nothing(table, model):
    told, same = (numbers_of(fitted(table, unit, model), unit) for unit in (YEN, 1))
    np.testing.assert_allclose(told, same, rtol=SAME)


@pytest.mark.parametrize("model", FORMULAS)
def test_the_unit_of_a_term_changes_no_draw(table, model):
    draws = resample(table["account_id"], 100, seed=1)
    told, same = (
        fitted(table, unit, model).redrawn(draws).coefficients
        * np.tile([1, 1, unit], 1 + (model == "two_part"))
        for unit in (YEN, 1)
    )
    tolerance = NEAR_A_CORNER if model == "quantile" else SAME
    np.testing.assert_allclose(told, same, rtol=tolerance, atol=tolerance)


def test_a_draw_in_which_retention_has_no_solution_spoils_no_other(table, stay):
    fit = fitted(table, 1, "quantile", retention_rate=stay)
    draws = resample(fit.drawn_from, 100, seed=1)
    times = draws.times.copy()
    times[0] = 0.0
    times[0, 0] = times.shape[1]
    known = fit.redrawn(type(draws)(draws.account_ids, times)).solved
    assert not known[0]
    assert known[1:].all()


def test_measures_are_read_only(worth):
    with pytest.raises(TypeError):
        worth.estimates.measures["r_squared"] = 1.0
