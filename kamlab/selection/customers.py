"""Who is still a customer, and who is a key account today."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, say


def need_company(company: object, *, of: Text) -> Company:
    """Return a company, or raise `ArgumentError` saying that a whole company is needed."""
    if not isinstance(company, Company):
        raise ArgumentError(say("selection.needs_company", purpose=of, got=type(company).__name__))
    return company


def has_left(company: Company) -> NDArray[np.bool_]:
    """Return which accounts did not stay after the last of their periods.

    Parameters
    ----------
    company : Company

    Returns
    -------
    ndarray of bool, shape (accounts,)
        In the order of `company.accounts`. Only the table `periods` tells; an account that is
        not in it, or whose last decision is not known, counts as a customer.
    """
    ids = company.accounts["account_id"]
    periods = company.periods
    if periods is None or "stayed" not in periods or periods.empty:
        return np.zeros(len(ids), dtype=bool)
    last = periods.loc[periods.groupby("account_id")["start"].idxmax()]
    stayed = pd.Series(last["stayed"].to_numpy(), index=last["account_id"])
    left = ~stayed.astype("boolean").fillna(True).astype(bool)
    return ids.isin(left.index[left]).to_numpy()


def key_today(accounts: pd.DataFrame) -> pd.Series | None:
    """Return which accounts are key accounts today, missing where not known.

    Returns
    -------
    Series of nullable boolean, or None
        None where it is known of no account, which is not the same as having none.
    """
    if "is_key" not in accounts or accounts["is_key"].isna().all():
        return None
    return accounts["is_key"].astype("boolean")
