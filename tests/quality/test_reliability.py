import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.quality.reliability import alpha_of_covariance, scale_scores

ROUNDING = 1e-12
PRINTED = 0.0005  # three decimals


@pytest.fixture
def items():
    rng = np.random.default_rng(3)
    true = rng.normal(4, 1, 80)
    return pd.DataFrame({f"x{j}": true + rng.normal(0, 0.5 + 0.2 * j, 80) for j in range(5)})


@pytest.mark.parametrize("k", [2, 3, 10, 50])
@pytest.mark.parametrize("r", [0.0, 0.2, 0.5, 0.9])
def test_equal_correlations_give_spearman_and_browns_formula(k, r):
    matrix = np.full((k, k), r)
    np.fill_diagonal(matrix, 1.0)
    assert alpha_of_covariance(matrix) == pytest.approx(k * r / (1 + (k - 1) * r), abs=ROUNDING)


@pytest.mark.parametrize("scale", ["JS", "AM", "SE"])
def test_alphas_of_bagozzis_two_item_scales(scale):
    expected = {"JS": 0.771, "AM": 0.535, "SE": 0.706}[scale]
    items = [f"{scale}1", f"{scale}2"]
    r = kl.load("bagozzi1980").correlations.loc[items, items]
    assert alpha_of_covariance(r) == pytest.approx(expected, abs=PRINTED)
    assert alpha_of_covariance(r) == pytest.approx(2 * r.iloc[0, 1] / (1 + r.iloc[0, 1]))


def test_alpha_is_variances_of_items_against_that_of_their_sum(items):
    k = items.shape[1]
    expected = k / (k - 1) * (1 - items.var().sum() / items.sum(axis=1).var())
    assert kl.cronbach_alpha(items).value == pytest.approx(expected, abs=ROUNDING)


def test_alpha_is_what_analysis_of_variance_gives(items):
    """Hoyt: one less the ratio of residual and person mean squares."""
    x = items.to_numpy()
    n, k = x.shape
    persons = k * np.sum((x.mean(axis=1) - x.mean()) ** 2) / (n - 1)
    residual = x - x.mean(axis=1, keepdims=True) - x.mean(axis=0) + x.mean()
    error = np.sum(residual**2) / ((n - 1) * (k - 1))
    assert kl.cronbach_alpha(items).value == pytest.approx(1 - error / persons, abs=ROUNDING)


def test_raw_answers_and_their_covariance_give_the_same(items):
    assert kl.cronbach_alpha(items).value == pytest.approx(alpha_of_covariance(items.cov()))


@pytest.mark.parametrize("change", ["rows", "columns", "shift and scale", "array"])
def test_order_and_units_do_not_matter(items, change):
    other = {
        "rows": items.sample(frac=1, random_state=0),
        "columns": items[items.columns[::-1]],
        "shift and scale": 100 * items - 7,
        "array": items.to_numpy(),
    }[change]
    found, expected = kl.cronbach_alpha(other), kl.cronbach_alpha(items)
    assert found.value == pytest.approx(expected.value, abs=ROUNDING)
    assert found.conf_low == pytest.approx(expected.conf_low, abs=ROUNDING)


def test_rows_with_a_gap_are_left_out(items):
    gaps = items.copy()
    gaps.iloc[[0, 5], [1, 2]] = np.nan
    found = kl.cronbach_alpha(gaps)
    assert found.nobs == len(items) - 2
    assert found.value == pytest.approx(kl.cronbach_alpha(items.drop(index=[0, 5])).value)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_feldts_interval_inverts_the_f_distribution(items, level):
    found = kl.cronbach_alpha(items, conf_level=level)
    n, k = items.shape
    f = stats.f((n - 1), (n - 1) * (k - 1))
    for limit, tail in ((found.conf_low, (1 + level) / 2), (found.conf_high, (1 - level) / 2)):
        assert f.cdf((1 - limit) / (1 - found.value)) == pytest.approx(tail)


@pytest.mark.parametrize(("n", "k", "alpha"), [(20, 3, 0.6), (60, 4, 0.8), (40, 2, 0.9)])
def test_feldts_interval_covers_as_often_as_it_says(n, k, alpha):
    """Items that differ in mean only, with equal and normal errors: Feldt's own setting."""
    replications, level = 3000, 0.95
    rng = np.random.default_rng(n * k)
    r = alpha / (k - alpha * (k - 1))
    low, high = [], []
    for _ in range(replications):
        true = rng.normal(size=(n, 1))
        answers = np.sqrt(r) * true + np.sqrt(1 - r) * rng.normal(size=(n, k)) + np.arange(k)
        found = kl.cronbach_alpha(answers, conf_level=level)
        low.append(found.conf_low > alpha)
        high.append(found.conf_high < alpha)
    # 3.5 Monte-Carlo standard errors, for each tail: a wrong tail cannot hide behind the other.
    allowed = 3.5 * np.sqrt(0.025 * 0.975 / replications)
    assert np.mean(low) == pytest.approx(0.025, abs=allowed)
    assert np.mean(high) == pytest.approx(0.025, abs=allowed)


def test_items_that_contradict_each_other_give_a_negative_alpha():
    rng = np.random.default_rng(0)
    x = rng.normal(size=50)
    assert kl.cronbach_alpha(np.column_stack([x, 0.5 * rng.normal(size=50) - 0.3 * x])).value < 0


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (np.arange(12.0).reshape(12, 1), "one item"),
        (np.ones((12, 3)), "no variation"),
        (np.column_stack([np.arange(12.0), -np.arange(12.0)]), "items cancel"),
        (np.array([[1.0, 2.0], [2.0, 4.0]]), "two rows"),
        (np.array([[1.0, np.nan], [2.0, 4.0], [3.0, 3.0]]), "two complete rows"),
        (np.full((5, 2), np.nan), "no answers"),
        (np.empty((0, 2)), "no rows"),
    ],
)
def test_what_has_no_alpha_is_refused_in_words(answers, kind, language):
    with pytest.raises(kl.ModelError):
        kl.cronbach_alpha(answers)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -1])
def test_a_level_that_is_no_probability_is_refused(items, level):
    with pytest.raises((kl.ModelError, ValueError)):
        kl.cronbach_alpha(items, conf_level=level)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([3, 4, 5, 6], 4.5),
        ([3, 5, np.nan, np.nan], 4.0),
        ([3, np.nan, np.nan, np.nan], np.nan),
        ([np.nan] * 4, np.nan),
        ([2, 3, np.nan], 2.5),
        ([2, np.nan, np.nan], np.nan),
        ([7], 7.0),
        ([7, np.nan], 7.0),
    ],
)
def test_a_score_is_the_mean_of_at_least_half_of_the_answers(answers, expected):
    np.testing.assert_array_equal(scale_scores([answers]), [expected])


@pytest.mark.parametrize("share", [0.0, 0.75, 1.0])
def test_the_share_of_answers_needed_can_be_set(share):
    scores = scale_scores([[1, 2, 3, np.nan], [np.nan] * 4], share)
    np.testing.assert_array_equal(np.isnan(scores), [share > 0.75, True])
