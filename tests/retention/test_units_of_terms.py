import numpy as np
import pytest

import kamlab as kl

YEN = 1e9  # revenue in yen beside scores from 1 to 7
SAME = 1e-6  # statsmodels inverts normal equations whose terms are so unlike
IN_UNITS = ["estimate", "std_error", "conf_low", "conf_high", "ame", "ame_low", "ame_high"]


def of_size(table, unit, model, **more):
    rows = table.assign(amount=table["size"] * unit)
    found = kl.fit_retention("stayed ~ trust + amount", rows, model=model, **more).tidy()
    found = found.set_index("term")[IN_UNITS]
    found.loc["amount"] *= unit
    return found


@pytest.mark.parametrize("model", ["logit", "probit", "cloglog", "firth", "random_intercept"])
def test_the_unit_of_a_term_changes_nothing(table, model):
    told, same = of_size(table, YEN, model), of_size(table, 1, model)
    np.testing.assert_allclose(told, same, rtol=SAME)


def test_the_unit_of_a_term_changes_no_correction_for_error(company, table):
    error = kl.score_error(company)
    told, same = (of_size(table, unit, "logit", error=error) for unit in (YEN, 1))
    np.testing.assert_allclose(told, same, rtol=SAME)


def test_warnings_name_the_readers_own_line(table):
    gaps = table.copy()
    gaps.loc[:3, "trust"] = np.nan
    for model in ("logit", "cox"):
        with pytest.warns(kl.RowsLeftOutWarning) as caught:
            kl.fit_retention("stayed ~ trust", gaps, model=model)
        assert {told.filename for told in caught} == {__file__}
