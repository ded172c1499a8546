import numpy as np
import pandas as pd
import pytest

from kamlab.quality.items import item_statistics
from kamlab.quality.reliability import cronbach_alpha


@pytest.fixture
def answers():
    rng = np.random.default_rng(3)
    truth = rng.normal(4, 1.2, (90, 1))
    x = np.clip(np.rint(truth + rng.normal(0, 1, (90, 4))), 1, 7)
    x[rng.random(x.shape) < 0.05] = np.nan
    return x


def statistics(x):
    return item_statistics(x, lowest=1, highest=7)


def test_moments_are_those_of_pandas(answers):
    found, frame = statistics(answers), pd.DataFrame(answers)
    np.testing.assert_allclose(found.mean, frame.mean())
    np.testing.assert_allclose(found.std_dev, frame.std())
    np.testing.assert_allclose(found.skewness, frame.skew())
    np.testing.assert_allclose(found.kurtosis, frame.kurt())
    np.testing.assert_array_equal(found.nobs, frame.count())
    np.testing.assert_allclose(found.missing_share, frame.isna().mean())


def test_floor_and_ceiling_are_shares_of_the_answers():
    found = statistics([[1, 7], [1, np.nan], [3, 7], [7, 2], [2, np.nan]])
    np.testing.assert_allclose(found.floor_share, [0.4, 0])
    np.testing.assert_allclose(found.ceiling_share, [0.2, 2 / 3])


def test_the_rest_of_the_scale_does_not_contain_the_item(answers):
    found = statistics(answers)
    complete = pd.DataFrame(answers).dropna()
    for j in complete:
        rest = complete.drop(columns=j)
        assert found.item_rest[j] == pytest.approx(complete[j].corr(rest.sum(axis=1)))
        assert found.alpha_without[j] == pytest.approx(cronbach_alpha(rest).value)


def test_two_items_leave_no_alpha_but_correlate_with_each_other():
    found = statistics([[1, 2], [3, 3], [5, 7], [6, 4]])
    assert np.isnan(found.alpha_without).all()
    expected = np.corrcoef([1, 3, 5, 6], [2, 3, 7, 4])[0, 1]
    np.testing.assert_allclose(found.item_rest, expected)


def test_an_item_that_never_varies_has_no_shape_and_no_correlation():
    found = statistics([[4, 2, 3], [4, 3, 3], [4, 5, 6], [4, 6, 5]])
    assert found.std_dev[0] == 0
    assert np.isnan([found.skewness[0], found.kurtosis[0], found.item_rest[0]]).all()
    assert np.isfinite([*found.item_rest[1:], *found.alpha_without]).all()


@pytest.mark.parametrize("rows", [np.empty((0, 3)), np.full((5, 3), np.nan), np.ones((1, 3))])
def test_what_has_too_few_answers_has_missing_statistics(rows):
    found = statistics(rows)
    for values in (found.std_dev, found.skewness, found.item_rest, found.alpha_without):
        assert np.isnan(values).all()
