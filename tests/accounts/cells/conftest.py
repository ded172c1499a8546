import pandas as pd
import pytest

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.reading import Reading
from kamlab.accounts.tables import table
from kamlab.foundation.language import say

COLUMNS = {
    "id": table("accounts")["account_id"],
    "text": table("accounts")["name"],
    "category": table("interactions")["outcome"],
    "integer": table("accounts")["employees"],
    "number": table("accounts")["recency"],
    "money": table("transactions")["amount"],
    "share": table("accounts")["share_of_wallet"],
    "rating": table("accounts")["buyer_ties"],
    "date": table("survey")["answered_on"],
    "boolean": table("accounts")["is_key"],
}


@pytest.fixture
def read():
    """Read one cell: its value (None if missing), why it does not fit, the rules that changed it.

    Every reason and every rule must have words.
    """

    def read_one(kind, cell, **declared):
        converted = convert(COLUMNS[kind], pd.Series([cell], dtype=object), Reading(**declared))
        value, reason = converted.values.iloc[0], converted.misfits.get(0)
        rules = converted.changes.get(0, "")
        if reason:
            assert say(f"accounts.what_{reason}", value=cell, nearest="")
            assert say(f"accounts.remedy_{reason}")
            assert pd.isna(value)
            assert not rules
        for rule in filter(None, rules.split("+")):
            assert say(f"accounts.rule_{rule}")
        return None if pd.isna(value) else value, reason, rules

    return read_one
