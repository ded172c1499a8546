"""Problems and findings in the words of this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.findings import NOWHERE, Finding, Positions, Severity
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, say


def problem(
    table: str,
    kind: str,
    allowed: Text,
    *,
    severity: Severity = "error",
    column: str = "",
    row: int | None = None,
    value: str = "",
    **words: object,
) -> Problem:
    """Make a problem in the words `what_<kind>` and `remedy_<kind>`."""
    words = {"column": column, "value": value, **words}
    return Problem(
        severity=severity,
        table=table,
        column=column,
        row=row,
        value=value or None,
        what=say(f"intake.what_{kind}", **words),
        allowed=allowed + Text(".", "。"),
        remedy=say(f"intake.remedy_{kind}", **words),
    )


def finding(
    table: str,
    kind: str,
    allowed: Text,
    positions: Positions,
    *,
    column: str = "",
    severity: Severity = "warning",
    also: Positions = NOWHERE,
    words: Callable[[int], Mapping[str, object]] = lambda _: {},
) -> Finding:
    """Make a finding about rows in the words `what_<kind>` and `remedy_<kind>`.

    Parameters
    ----------
    table, column : str
        kamlab's names.
    kind : str
    allowed : Text
        Without its full stop.
    positions : array of int
        The records.
    severity : {"error", "warning"}
    also : array of int
        Records that cannot be accepted because of these.
    words : function of int
        What the words need for the record at a position.
    """

    def told(at: int) -> tuple[Text, Text]:
        given = words(at)
        return say(f"intake.what_{kind}", **given), say(f"intake.remedy_{kind}", **given)

    return Finding(table, column, told, allowed, positions, severity, also)
