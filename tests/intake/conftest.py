"""A small company with all six tables and every awkward value that a file may have to carry."""

import numpy as np
import pandas as pd
import pytest

from kamlab.accounts.company import Company


@pytest.fixture
def frames():
    ids = ["001", "A-2", "-3", "4"]
    day = pd.Timestamp("2026-04-01")
    return {
        "accounts": pd.DataFrame(
            {
                "account_id": ids,
                "name": ['山田"商店", 本店', "=HYPERLINK(1)", "two\r\nlines", None],
                "industry": ["'quoted", "_x000D_", "@mail", "㈱ full width"],
                "employees": [1, 2, None, 4_000],
                "is_key": [True, False, None, True],
                "customer_since": [day, None, pd.Timestamp("1899-12-31"), day],
                "share_of_wallet": [0.1 + 0.2, 1 / 3, None, 1],
                "mean_order_value": [1e15, 0.1, 123456.789, 2 / 3],
                "own score": [1.5, -2, np.nan, 1e-9],
                "=own note": ["-", "x", None, "#N/A"],
                "own day": [day, day, None, day],
                "own flag": pd.array([True, False, None, False], dtype="boolean"),
                "own code": ["007", "x", "1", "2"],
            }
        ),
        "survey": pd.DataFrame(
            {
                "account_id": ["001", "001", "A-2"],
                "respondent_id": ["r1", "r1", "r2"],
                "wave": [1, 2, 1],
                "answered_on": [day, day + pd.Timedelta("9h30min15s"), day],
                "role": ["購買", None, "+1"],
                "trust_1": [1, 7, None],
                "commitment_4": [4, 4.5, 1],
            }
        ),
        "periods": pd.DataFrame(
            {
                "account_id": ["001", "001"],
                "period": [2025, 2026],
                "start": pd.to_datetime(["2025-04-01", "2026-04-01"]),
                "end": pd.to_datetime(["2026-03-31", "2027-03-31"]),
                "offered_renewal": [True, True],
                "stayed": [True, None],
                "revenue": [1234567, -1],
            }
        ),
        "transactions": pd.DataFrame(
            {"order_id": ["1"], "account_id": ["4"], "ordered_on": [day], "amount": [0.07]}
        ),
        "contacts": pd.DataFrame(
            {"contact_id": ["c"], "account_id": ["-3"], "buying_role": ["decider"]}
        ),
        "interactions": pd.DataFrame(
            {
                "interaction_id": ["i", "j"],
                "account_id": ["001", "001"],
                "occurred_on": [day, day],
                "kind": ["re_proposal", None],
                "outcome": ["none", "deferred"],
            }
        ),
    }


@pytest.fixture
def company(frames):
    return Company(**frames, name="模擬 <b>社</b>", currency="USD", simulated=True)
