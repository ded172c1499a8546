import numpy as np
import pandas as pd
import pytest

import kamlab as kl

MONDAY = pd.Timestamp("2026-01-05")


def orders(seed, n=300, accounts=25):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "account_id": [f"A-{i:02d}" for i in rng.integers(0, accounts, n)],
            "ordered_on": pd.Timestamp("2025-01-01")
            + pd.to_timedelta(rng.integers(0, 400, n), "D"),
            "amount": rng.lognormal(10, 1, n).round(),
        }
    )


def by_loops(log, days, end):
    summaries = {}
    for account in sorted(set(log["account_id"])):
        own = [(d, a) for i, d, a in log.itertuples(index=False) if i == account]
        weeks = sorted({(d - pd.Timestamp("1900-01-01")).days // days for d, _ in own})
        last = (end - pd.Timestamp("1900-01-01")).days // days
        total = sum(a for _, a in own)
        summaries[account] = {
            "first": min(d for d, _ in own),
            "last": max(d for d, _ in own),
            "frequency": len(weeks) - 1,
            "recency": weeks[-1] - weeks[0],
            "T": last - weeks[0],
            "mean_order_value": total / len(weeks),
            "total": total,
            "first_value": sum(
                a for d, a in own if (d - pd.Timestamp("1900-01-01")).days // days == weeks[0]
            ),
        }
    return pd.DataFrame(summaries).T.rename_axis("account_id").reset_index()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("period", "days"), [("W", 7), ("D", 1)])
@pytest.mark.parametrize("later", [0, 3, 100])
def test_summaries_are_what_loops_over_the_orders_give(seed, period, days, later):
    log = orders(seed)
    end = log["ordered_on"].max() + pd.Timedelta(days=later)
    found = kl.summarise_transactions(log, period=period, end=end if later else None)
    # 1 January 1900 was a Monday, so its weeks are those from Monday to Sunday.
    expected = by_loops(log, days, end)
    assert found["account_id"].tolist() == expected["account_id"].tolist()
    for name in ("first", "last"):
        assert found[name].tolist() == expected[name].tolist()
    for name in ("frequency", "recency", "T", "mean_order_value", "total", "first_value"):
        assert found[name].tolist() == expected[name].tolist()


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([0, 6], (0, 0, 0)),
        ([0, 7], (1, 1, 1)),
        ([6, 7], (1, 1, 1)),
        ([0, 0, 0], (0, 0, 0)),
        ([0, 1, 8, 20], (2, 2, 2)),
    ],
)
def test_a_week_lasts_from_monday_to_sunday(days, expected):
    log = pd.DataFrame(
        {
            "account_id": "A",
            "ordered_on": [MONDAY + pd.Timedelta(days=d) for d in days],
            "amount": 1,
        }
    )
    row = kl.summarise_transactions(log).iloc[0]
    assert (row["frequency"], row["recency"], row["T"]) == expected


@pytest.mark.parametrize("seed", range(3))
def test_row_order_and_index_do_not_matter(seed):
    log = orders(seed)
    shuffled = log.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(
        kl.summarise_transactions(shuffled), kl.summarise_transactions(log), check_exact=True
    )


def test_names_of_accounts_do_not_matter():
    log = orders(7)
    names = {name: f"Z{99 - number}" for number, name in enumerate(sorted(set(log["account_id"])))}
    found = kl.summarise_transactions(log.assign(account_id=log["account_id"].map(names)))
    expected = kl.summarise_transactions(log).replace({"account_id": names})
    expected = expected.sort_values("account_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, expected)


def test_moving_all_dates_by_whole_weeks_changes_nothing_but_dates():
    log = orders(2)
    moved = log.assign(ordered_on=log["ordered_on"] + pd.Timedelta(weeks=520))
    found, expected = kl.summarise_transactions(moved), kl.summarise_transactions(log)
    dates = ["first", "last"]
    pd.testing.assert_frame_equal(found.drop(columns=dates), expected.drop(columns=dates))


def test_amounts_in_another_unit_scale_with_it():
    log = orders(3)
    found = kl.summarise_transactions(log.assign(amount=log["amount"] / 1000))
    expected = kl.summarise_transactions(log)
    np.testing.assert_allclose(1000 * found["total"], expected["total"])
    np.testing.assert_allclose(1000 * found["mean_order_value"], expected["mean_order_value"])


def test_nothing_is_lost_between_log_and_summary():
    log = orders(4)
    found = kl.summarise_transactions(log, period="D")
    assert found["total"].sum() == pytest.approx(log["amount"].sum())
    days = log.groupby("account_id")["ordered_on"].nunique()
    assert (found["frequency"] + 1).tolist() == days.tolist()
    assert (found["recency"] <= found["T"]).all()


def test_columns_may_have_other_names():
    log = orders(5)
    other = log.rename(columns={"account_id": "顧客", "ordered_on": "日付", "amount": "金額"})
    found = kl.summarise_transactions(other, account="顧客", date="日付", amount="金額")
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log))


def test_the_callers_log_is_not_changed():
    log = orders(6)
    before = log.copy(deep=True)
    kl.summarise_transactions(log)
    pd.testing.assert_frame_equal(log, before)


@pytest.mark.parametrize("end", ["2026-01-20", pd.Timestamp("2026-01-20")])
def test_an_order_at_any_hour_of_the_last_day_is_within_the_observation(end):
    log = pd.DataFrame(
        {"account_id": ["A"], "ordered_on": [pd.Timestamp("2026-01-20 15:30")], "amount": [1.0]}
    )
    assert kl.summarise_transactions(log, end=end)["T"].item() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ordered_on": [pd.NaT, MONDAY]}, "1"),
        ({"ordered_on": [pd.NaT, pd.NaT]}, "2"),
        ({"account_id": ["A", None]}, "1"),
        ({"amount": [1.0, np.nan]}, "1"),
    ],
)
def test_a_gap_in_the_log_is_refused_not_passed_over(change, words, language):
    log = pd.DataFrame(
        {"account_id": ["A", "A"], "ordered_on": [MONDAY, MONDAY], "amount": [1.0, 2.0]}
    )
    log = log.assign(**{name: pd.Series(values) for name, values in change.items()})
    with pytest.raises(kl.DataError, match=words) as caught:
        kl.summarise_transactions(log.astype({"ordered_on": "datetime64[us]"}))
    (problem,) = caught.value.problems
    assert problem.column == next(iter(change))
    assert problem.row == 2 + int(log[problem.column].isna().argmax())


def test_orders_after_the_end_are_refused_with_their_number(language):
    log = orders(1)
    end = log["ordered_on"].sort_values().iloc[-11]
    later = int((log["ordered_on"] > end).sum())
    with pytest.raises(kl.DataError, match=str(later)) as caught:
        kl.summarise_transactions(log, end=end)
    assert str(end.date()) in str(caught.value)


def test_missing_columns_are_all_named(language):
    with pytest.raises(kl.NotApplicable) as caught:
        kl.summarise_transactions(pd.DataFrame({"account_id": ["A"]}))
    assert "ordered_on" in str(caught.value)
    assert "amount" in str(caught.value)


@pytest.mark.parametrize("period", ["M", "w", "", "7D"])
def test_an_unknown_period_is_refused(period, language):
    with pytest.raises(kl.ArgumentError, match="W"):
        kl.summarise_transactions(orders(1), period=period)


def test_a_log_without_orders_gives_a_summary_without_rows():
    found = kl.summarise_transactions(orders(1).iloc[:0])
    assert len(found) == 0
    assert "frequency" in found


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("ordered_on", lambda log: log["ordered_on"].astype(str)),
        ("ordered_on", lambda log: log["ordered_on"].dt.tz_localize("UTC")),
        ("amount", lambda log: log["amount"].astype(str)),
        ("amount", lambda log: log["amount"].where(log.index != 3, np.inf)),
        ("amount", lambda log: log["amount"].astype(object).where(log.index != 3, np.inf)),
        ("account_id", lambda log: log["account_id"].astype(object).where(log.index != 3, 1.5)),
        ("account_id", lambda log: pd.Series(1.0, log.index)),
    ],
)
def test_cells_that_are_no_dates_or_amounts_are_named_with_row_and_remedy(column, cells, language):
    log = orders(1, n=20)
    log = log.assign(**{column: cells(log)})
    with pytest.raises(kl.DataError, match="(?s)" + column + ".*orders") as caught:
        kl.summarise_transactions(log)
    problem = caught.value.table().iloc[0]
    assert log[column].iloc[problem["row"] - 2] == problem["value"]
    assert str(problem["value"]) in problem["problem"]


def test_dates_without_a_time_of_day_are_dates():
    log = orders(1)
    days = log["ordered_on"].dt.date.astype(object)
    pd.testing.assert_frame_equal(
        kl.summarise_transactions(log.assign(ordered_on=days)),
        kl.summarise_transactions(log),
        check_dtype=False,
    )


def test_all_that_is_wrong_is_said_at_once(language):
    log = orders(1, n=20).astype({"account_id": object, "amount": object})
    log.loc[3, "account_id"], log.loc[4, "amount"], log.loc[5, "ordered_on"] = None, "x", pd.NaT
    with pytest.raises(kl.DataError) as caught:
        kl.summarise_transactions(log)
    found = [(problem.column, problem.row) for problem in caught.value.problems]
    assert found == [("account_id", 5), ("ordered_on", 7), ("amount", 6)]


def test_account_ids_come_back_as_text():
    log = orders(1)
    numbered = log.assign(account_id=log["account_id"].str[2:].astype(int))
    found = kl.summarise_transactions(numbered)
    assert set(found["account_id"]) == {str(int(name[2:])) for name in log["account_id"]}
    assert found["account_id"].is_monotonic_increasing


def test_the_mean_of_repeat_purchases_follows_from_the_first_value():
    log = orders(8)
    found = kl.summarise_transactions(log, period="D")
    first = log.groupby("account_id")["ordered_on"].transform("min")
    later = log[log["ordered_on"] > first].groupby("account_id")["amount"].sum()
    repeat = (found["total"] - found["first_value"]).set_axis(found["account_id"])
    assert repeat.loc[later.index].tolist() == later.tolist()


def test_an_end_that_is_no_day_is_refused_together_with_the_period(language):
    with pytest.raises(kl.ArgumentError, match=r"(?s)M.*zzz"):
        kl.summarise_transactions(orders(1), end="zzz", period="M")


def test_an_unknown_kind_of_row_is_refused(language):
    with pytest.raises(kl.ArgumentError, match=r"(?s)history"):
        kl.summarise_transactions(orders(1), per="customer")
