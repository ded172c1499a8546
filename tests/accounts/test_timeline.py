"""Look-ups in time, against filters over all records."""

import numpy as np
import pytest

from kamlab.accounts.timeline import timeline


@pytest.fixture
def records():
    rng = np.random.default_rng(1)
    account = rng.integers(0, 5, 60)
    account[account == 3] = 4  # account 3 has no record
    days = rng.integers(100, 130, 60).astype(float)
    days[rng.random(60) < 0.1] = np.nan
    return account, days, rng.random(60) < 0.4


@pytest.mark.parametrize("today", [-1000.0, 99.0, 100.0, 112.0, 129.0, 130.0, 9999.0])
def test_what_was_known_on_a_day_is_what_a_filter_gives(records, today):
    account, days, marked = records
    asked = np.array([4, 0, 3, 2, 2, 1])
    known = timeline(account, days, 5).known(asked, np.full(6, today))
    for place, one in enumerate(asked):
        own = np.flatnonzero((account == one) & (days <= today))
        assert known.any[place] == (len(own) > 0)
        assert known.count(marked)[place] == marked[own].sum()
        if len(own):
            assert known.first_day[place] == days[own].min()
            assert known.last_day[place] == days[own].max()
            assert days[known.last_row[place]] == days[own].max()
        else:
            assert np.isnan([known.first_day[place], known.last_day[place]]).all()
            assert known.last_row[place] == -1


def test_each_asked_account_has_a_day_of_its_own(records):
    account, days, _ = records
    today = np.array([105.0, 120.0])
    counts = timeline(account, days, 5).known(np.array([2, 2]), today).count(np.ones(60, bool))
    assert counts.tolist() == [((account == 2) & (days <= day)).sum() for day in today]


def test_of_two_records_of_a_day_the_later_by_the_third_order_is_last():
    line = timeline(np.array([0, 0]), np.array([7.0, 7.0]), 1, then=np.array([2.0, 1.0]))
    assert line.known(np.array([0]), np.array([7.0])).last_row.tolist() == [0]


@pytest.mark.parametrize("days", [[], [np.nan, np.nan]])
def test_without_a_dated_record_nothing_is_known(days):
    line = timeline(np.zeros(len(days), dtype=np.intp), np.array(days, dtype=float), 2)
    known = line.known(np.array([0, 1]), np.array([5.0, 5.0]))
    assert line.first_day == np.inf
    assert not known.any.any()
    assert known.count(np.ones(len(days), bool)).tolist() == [0, 0]
