from itertools import product

import numpy as np
import pytest

import kamlab as kl
from kamlab.foundation.claims import Status
from kamlab.selection.workload import ASSUMPTIONS, Hours, read_assumptions, three_cases

EXACT = 1e-12
HOURS = Hours(a_year=1500, share=0.8, key=240, other=40)
CASES = [HOURS, Hours(1800, 0.65, 280, 28), Hours(2000, 0.5, 99, 0), Hours(100, 1.0, 7, 3)]


def works(hours, managers, n_accounts, n_key):
    needed = n_key * hours.key + (n_accounts - n_key) * hours.other
    return needed <= managers * hours.available + EXACT


def test_numbers_worked_by_hand():
    assert HOURS.available == 1200
    assert HOURS.key_per_manager() == 5
    assert HOURS.key_possible(100, 5) == (5 * 1200 - 100 * 40) // 200 == 10
    assert HOURS.managers_needed(100, 10) == 5
    assert HOURS.managers_needed(100, 11) == 6
    assert HOURS.load(np.array([2.0, 5.0]), np.array([3.0, 0.0])).tolist() == [0.5, 1.0]


@pytest.mark.parametrize("hours", CASES)
@pytest.mark.parametrize(("n_accounts", "managers"), [(0, 1), (10, 1), (37, 3), (120, 8)])
def test_the_closed_form_is_the_most_that_counting_up_allows(hours, n_accounts, managers):
    possible = [k for k in range(n_accounts + 1) if works(hours, managers, n_accounts, k)]
    assert hours.key_possible(n_accounts, managers) == max(possible, default=0)


@pytest.mark.parametrize("hours", CASES)
@pytest.mark.parametrize(("n_accounts", "n_key"), [(0, 0), (10, 10), (37, 4), (120, 60)])
def test_the_managers_needed_are_the_fewest_that_do(hours, n_accounts, n_key):
    fewest = next(m for m in range(200) if works(hours, m, n_accounts, n_key))
    assert hours.managers_needed(n_accounts, n_key) == fewest


def test_rounding_does_not_lose_an_account():
    assert Hours(1, 0.3, 0.1, 0).key_per_manager() == 3
    assert Hours(10, 0.1, 0.1, 0).managers_needed(10, 10) == 1


def test_lowest_and_highest_bound_every_combination():
    _, worst, best = three_cases(ASSUMPTIONS)
    grid = [np.linspace(*ASSUMPTIONS[name].value[1:], 4) for name in ASSUMPTIONS]
    for n_accounts, managers, n_key in ((154, 8, 31), (20, 8, 5), (400, 8, 31)):
        possible = [Hours(*one).key_possible(n_accounts, managers) for one in product(*grid)]
        needed = [Hours(*one).managers_needed(n_accounts, n_key) for one in product(*grid)]
        bounds = worst.key_possible(n_accounts, managers), best.key_possible(n_accounts, managers)
        assert (min(possible), max(possible)) == bounds
        low, high = (
            best.managers_needed(n_accounts, n_key),
            worst.managers_needed(n_accounts, n_key),
        )
        assert (min(needed), max(needed)) == (low, high)


def test_a_manager_with_our_assumptions_holds_as_many_as_practice_allows():
    as_assumed, _, _ = three_cases(ASSUMPTIONS)
    assert as_assumed.key_per_manager() == 4


def test_an_assumption_is_a_number_or_a_range_and_then_the_users():
    claims = read_assumptions({"hours_key_account": (100, 300), "hours_a_year": 1600})
    assert claims["hours_key_account"].value == (200, 100, 300)
    assert claims["hours_a_year"].value == (1600, 1600, 1600)
    assert "user" in claims["hours_a_year"].source
    assert claims["hours_other_account"] is ASSUMPTIONS["hours_other_account"]
    assert {claim.status for claim in claims.values()} == {Status.DESIGN}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"hours_a_year": 0}, ["hours_a_year"]),
        ({"hours_a_year": 9000}, ["hours_a_year"]),
        ({"share_for_accounts": 65}, ["share_for_accounts"]),
        ({"share_for_accounts": (0, 0.5)}, ["share_for_accounts"]),
        ({"hours_key_account": 10}, ["hours_key_account"]),
        ({"hours_key_account": (40, 90)}, ["hours_key_account"]),
        ({"hours_other_account": -1}, ["hours_other_account"]),
        ({"hours_other_account": (30, 20)}, ["hours_other_account"]),
        ({"hours_a_year": "many", "share_for_accounts": (1, 2, 3)}, ["a_year", "share"]),
        ({"hours_a_year": float("nan")}, ["hours_a_year"]),
        ({"hours_a_year": -5, "share_for_accounts": 2}, ["a_year", "share"]),
    ],
)
def test_assumptions_that_cannot_be_are_refused_all_at_once(given, named):
    with pytest.raises(kl.ArgumentError) as error:
        read_assumptions(given)
    assert all(name in str(error.value) for name in named)
    assert str(error.value).count("\n- ") == len(named)
