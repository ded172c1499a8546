import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.quality.agreement import (
    intraclass_correlation,
    mean_reliability,
    uniform_variance,
    within_group_agreement,
)

ROUNDING = 1e-12

# Six targets and four judges, as texts on intraclass correlation repeat them after Shrout & Fleiss
# (1979); recalled. What is expected follows from the sums of squares, worked out by hand below.
RATINGS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)


def long(ratings):
    n, k = ratings.shape
    return ratings.ravel(), np.repeat(np.arange(n), k)


def nested(rng, sizes, icc):
    """Members of groups of these sizes; between and within variance icc and 1 - icc."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    between = rng.normal(0, np.sqrt(icc), len(sizes))[groups]
    return between + rng.normal(0, np.sqrt(1 - icc), len(groups)), groups


def test_mean_squares_by_hand_give_both_coefficients():
    """Between 56.20833 / 5, within 112.75 / 18: sums of squares of the table above."""
    found = intraclass_correlation(*long(RATINGS))
    between, within = 56.2083333333333333 / 5, 112.75 / 18
    assert found.icc1 == pytest.approx((between - within) / (between + 3 * within), abs=ROUNDING)
    assert found.icc2 == pytest.approx((between - within) / between, abs=ROUNDING)
    assert (round(found.icc1, 2), round(found.icc2, 2)) == (0.17, 0.44)
    assert (found.df_between, found.df_within, found.size) == (5, 18, 4.0)


@pytest.mark.parametrize("sizes", [[3] * 20, [1, 2, 3, 4, 5] * 6, [1] * 10 + [2] * 15])
def test_the_test_is_scipys_analysis_of_variance(sizes):
    values, groups = nested(np.random.default_rng(1), sizes, 0.4)
    found = intraclass_correlation(values, groups)
    parts = [values[groups == g] for g in range(len(sizes))]
    f, p = stats.f_oneway(*parts)
    assert found.f_statistic == pytest.approx(f)
    assert found.p_value == pytest.approx(p)
    assert (found.n_groups, found.n_several) == (len(sizes), sum(n > 1 for n in sizes))
    assert found.n_members == sum(sizes)


def test_two_members_and_equal_means_give_fishers_intraclass_correlation():
    """Fisher's product-moment form over pairs, taken both ways round, up to its divisor."""
    rng = np.random.default_rng(4)
    pairs = rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 2))
    both = np.vstack([pairs, pairs[:, ::-1]])
    found = intraclass_correlation(*long(pairs)).icc1
    assert found == pytest.approx(np.corrcoef(both.T)[0, 1], abs=1 / 4000)


def test_the_typical_size_lies_below_the_mean_size_of_unequal_groups():
    values, groups = nested(np.random.default_rng(2), [1, 1, 10], 0.5)
    found = intraclass_correlation(values, groups)
    assert found.size == pytest.approx((12 - 102 / 12) / 2)
    assert found.size < 4


@pytest.mark.parametrize("sizes", [[2] * 8, [1, 2, 3, 4, 5] * 3])
def test_icc2_is_icc1_stepped_up_to_the_typical_size(sizes):
    found = intraclass_correlation(*nested(np.random.default_rng(3), sizes, 0.3))
    stepped = mean_reliability(found.icc1, found.size)
    assert found.icc2 == pytest.approx(float(stepped), abs=ROUNDING)


def test_the_order_of_members_and_the_names_of_groups_do_not_matter():
    values, groups = nested(np.random.default_rng(5), [1, 2, 3] * 5, 0.3)
    shuffle = np.random.default_rng(0).permutation(len(values))
    found = intraclass_correlation(values[shuffle], np.char.add("Z", groups.astype(str))[shuffle])
    assert found.icc1 == pytest.approx(intraclass_correlation(values, groups).icc1, abs=ROUNDING)


def test_members_without_a_value_are_left_out():
    values, groups = nested(np.random.default_rng(6), [2, 3] * 5, 0.3)
    gone = values.copy()
    gone[::4] = np.nan
    kept = ~np.isnan(gone)
    found = intraclass_correlation(gone, groups)
    expected = intraclass_correlation(values[kept], groups[kept])
    assert found.icc1 == expected.icc1
    assert found.n_members == kept.sum()


@pytest.mark.parametrize("icc", [0.0, 0.3, 0.7])
def test_the_truth_is_recovered_and_covered_whatever_the_sizes(icc):
    """Sizes as in a survey; the interval is approximate there, hence the wider band."""
    replications = 1500
    rng = np.random.default_rng(int(100 * icc))
    sizes = np.minimum(1 + rng.poisson(1.2, 80), 5)
    found = [intraclass_correlation(*nested(rng, sizes, icc)) for _ in range(replications)]
    estimates = np.array([one.icc1 for one in found])
    standard_error = estimates.std() / np.sqrt(replications)
    bias = 4 * standard_error + 0.004  # the ratio is biased by order 1/groups
    assert estimates.mean() == pytest.approx(icc, abs=bias)
    covered = np.mean([one.icc1_low <= icc <= one.icc1_high for one in found])
    assert covered == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_interval_is_exact_for_equal_sizes(level):
    replications, icc = 3000, 0.5
    rng = np.random.default_rng(8)
    values = (nested(rng, [3] * 15, icc) for _ in range(replications))
    found = [intraclass_correlation(*one, conf_level=level) for one in values]
    below = np.mean([one.icc1_high < icc for one in found])
    above = np.mean([one.icc1_low > icc for one in found])
    tail = (1 - level) / 2
    allowed = 3.5 * np.sqrt(tail * (1 - tail) / replications)
    assert below == pytest.approx(tail, abs=allowed)
    assert above == pytest.approx(tail, abs=allowed)


def test_members_who_answer_alike_have_perfect_correlation():
    found = intraclass_correlation([1, 1, 5, 5, 6], [0, 0, 1, 1, 2])
    assert (found.icc1, found.icc2, found.icc1_low, found.p_value) == (1.0, 1.0, 1.0, 0.0)


def test_members_who_differ_more_than_strangers_have_a_negative_correlation():
    found = intraclass_correlation([1, 7, 1.5, 7, 1, 6.5], [0, 0, 1, 1, 2, 2])
    assert found.icc1 < 0
    assert mean_reliability(found.icc1, [1, 5]).tolist() == [0.0, 0.0]


def test_equal_means_have_no_reliability_to_speak_of():
    found = intraclass_correlation([1, 3, 1, 3], [0, 0, 1, 1])
    assert found.icc1 == -1.0
    assert np.isnan(found.icc2)


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([1, 2, 3], [0, 1, 2]),
        ([1, 2, 3], [0, 0, 0]),
        ([4, 4, 4, 4], [0, 0, 1, 1]),
        ([np.nan, 2, 3], [0, 0, 1]),
        ([], []),
    ],
)
def test_what_has_no_intraclass_correlation_is_refused_in_words(values, groups, language):
    with pytest.raises(kl.NotApplicable) as caught:
        intraclass_correlation(values, groups)
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises(kl.ArgumentError):
        intraclass_correlation([1, 2, 3, 5], [0, 0, 1, 1], conf_level=level)


def test_more_respondents_earn_a_more_reliable_mean():
    np.testing.assert_allclose(mean_reliability(0.25, [1, 2, 3, 9]), [0.25, 0.4, 0.5, 0.75])
    assert np.isnan(mean_reliability(0.25, 0))
    assert np.isnan(mean_reliability(np.nan, 3))


def test_means_are_as_reliable_as_the_formula_says():
    """Reliability is the squared correlation of the mean with the truth it stands for."""
    rng = np.random.default_rng(11)
    n, k, icc = 40_000, 3, 0.4
    truth = rng.normal(0, np.sqrt(icc), n)
    means = truth + rng.normal(0, np.sqrt(1 - icc), (n, k)).mean(axis=1)
    squared = np.corrcoef(truth, means)[0, 1] ** 2
    assert squared == pytest.approx(float(mean_reliability(icc, k)), abs=0.01)


def test_chance_answers_on_seven_points_have_a_variance_of_four():
    assert uniform_variance(7) == 4.0
    assert uniform_variance(5) == np.var(np.arange(1, 6))


def test_agreement_by_hand():
    """Items vary by 0.5 and 2.0 within group 0: mean 1.25, of which 4 is chance."""
    found = within_group_agreement([[4, 3], [5, 5], [2, 2], [2, 2]], [0, 0, 1, 1])
    ratio = 1.25 / 4
    assert found[0] == pytest.approx(2 * (1 - ratio) / (2 * (1 - ratio) + ratio), abs=ROUNDING)
    assert found[1] == 1.0


def test_agreement_on_one_item_is_one_less_the_share_of_chance():
    values = np.array([3.0, 4.0, 6.0])
    found = within_group_agreement(values[:, None], [0, 0, 0])
    assert found[0] == pytest.approx(1 - values.var(ddof=1) / 4, abs=ROUNDING)


def test_disagreement_beyond_chance_is_no_agreement():
    assert within_group_agreement([[1, 1], [7, 7]], [0, 0]).tolist() == [0.0]


def test_agreement_needs_two_answers_to_some_item():
    nan = np.nan
    answers = [[4, 4], [nan, 3], [5, nan], [4, nan], [4, nan]]
    found = within_group_agreement(answers, [0, 1, 1, 2, 2])
    np.testing.assert_array_equal(found, [nan, nan, 1.0])


def test_agreement_is_the_same_by_brute_force():
    rng = np.random.default_rng(9)
    groups = np.sort(rng.integers(0, 12, 40))
    answers = rng.integers(3, 7, (40, 4)).astype(float)
    answers[rng.random(answers.shape) < 0.1] = np.nan
    found = within_group_agreement(answers, groups)
    frame = pd.DataFrame(answers).groupby(groups)
    for group, spread in frame.var().iterrows():
        known = spread.dropna()
        share = min(known.mean() / 4, 1) if len(known) else np.nan
        j = len(known)
        assert found[group] == pytest.approx(
            j * (1 - share) / (j * (1 - share) + share), nan_ok=True
        )
