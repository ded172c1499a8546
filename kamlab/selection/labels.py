"""Words for the columns of the account table and for facts."""

from __future__ import annotations

from collections.abc import Iterable

from kamlab.accounts.tables import table
from kamlab.foundation.columns import column
from kamlab.foundation.language import Text
from kamlab.portfolio.declaration.card import column_label


def column_labels(names: Iterable[str]) -> dict[str, Text]:
    """Return the words of several columns, by name."""
    return {name: column_label(name) for name in names}


def is_money(name: str) -> bool:
    """Return whether a column holds amounts of money."""
    declared = {known.name: known.type for known in table("accounts").columns}
    return declared.get(name, column(name).format) == "money"
