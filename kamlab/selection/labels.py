"""Words for the columns of the account table and for facts."""

from __future__ import annotations

from collections.abc import Iterable

from kamlab.accounts.spec import Column
from kamlab.accounts.tables import table
from kamlab.foundation.columns import column
from kamlab.foundation.language import Text


def column_label(name: str) -> Text:
    """Return the words of an input column or of a fact; any other name stands as it is."""
    declared = _declared(name)
    return declared.label if declared else column(name).label


def column_labels(names: Iterable[str]) -> dict[str, Text]:
    """Return the words of several columns, by name."""
    return {name: column_label(name) for name in names}


def is_money(name: str) -> bool:
    """Return whether a column holds amounts of money."""
    declared = _declared(name)
    return (declared.type if declared else column(name).format) == "money"


def _declared(name: str) -> Column | None:
    return next((known for known in table("accounts").columns if known.name == name), None)
