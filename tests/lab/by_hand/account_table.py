"""Answers of notebook 01 from the tables themselves, without facts and measures."""

import pandas as pd

from tests.lab.by_hand.question import Question


def two_years(company):
    """Return revenue of the last year and the one before, by account, missing if not there."""
    booked = company.periods.dropna(subset=["revenue"]).sort_values("period")
    by_account = booked.groupby("account_id")["revenue"]
    last, before = by_account.last(), by_account.apply(lambda own: own.iloc[-2:-1].sum(min_count=1))
    today = booked["end"].max()
    orders = company.transactions
    age = (today - orders["ordered_on"]).dt.days
    free = company.accounts.loc[~company.accounts["account_id"].isin(last.index), "account_id"]
    for account_id in free:
        own = orders["account_id"] == account_id
        last[account_id] = orders.loc[own & (age < 365), "amount"].sum()
        before[account_id] = orders.loc[own & (age >= 365) & (age < 730), "amount"].sum()
    return pd.DataFrame({"last": last, "before": before})


def mean_growth(company):
    years = two_years(company)
    years = years[years["before"] > 0]
    return 100 * (years["last"] / years["before"] - 1).mean()


def with_zeros(company):
    years = two_years(company)
    return mean_growth(company) * (years["before"] > 0).mean()


def present(company):
    """Return last year's revenue of those who are still customers, the largest first."""
    gone = company.periods.loc[company.periods["stayed"].eq(False).fillna(False), "account_id"]
    revenue = two_years(company)["last"]
    return revenue[~revenue.index.isin(gone)].sort_values(ascending=False)


def accounts_for(company, part):
    so_far, wanted = 0.0, part * present(company).sum()
    for number, amount in enumerate(present(company), start=1):
        so_far += amount
        if so_far >= wanted:
            return number
    raise AssertionError("the shares must add up to the whole")


def key_accounts(company):
    """Return last year's revenue of the key accounts among them, the smallest last."""
    is_key = company.accounts.set_index("account_id")["is_key"]
    revenue = present(company)
    return revenue[is_key[revenue.index].astype(bool)]


def smallest_key_account(company):
    revenue = key_accounts(company)
    return revenue[revenue > 0].index[-1]


QUESTIONS = (
    Question(
        "01-mean-growth",
        mean_growth,
        hint='facts["revenue_growth"]',
        wrong=(with_zeros, lambda company: mean_growth(company) / 100),
        digits=1,
        needs="periods",
    ),
    Question(
        "01-accounts-for-half",
        lambda company: accounts_for(company, 0.5),
        hint="share_so_far",
        wrong=(
            lambda company: accounts_for(company, 0.5) - 1,  # a row's number, counted from 0
            lambda company: accounts_for(company, 0.8),
        ),
    ),
    Question(
        "01-smallest-key-account",
        smallest_key_account,
        hint="ranking",
        wrong=(
            lambda company: key_accounts(company).index[-1],  # without any revenue
            lambda company: present(company).loc[lambda own: own > 0].index[-1],  # not key
        ),
    ),
)
