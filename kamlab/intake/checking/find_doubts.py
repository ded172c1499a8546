"""All that should be looked at in tables whose cells are allowed one by one."""

from __future__ import annotations

import pandas as pd

from kamlab.accounts.findings import Finding
from kamlab.intake.checking.contradictions import contradictions
from kamlab.intake.checking.doubt import Sheets
from kamlab.intake.checking.survey_rules import doubtful_answers


def find_doubts(sheets: Sheets, as_of: pd.Timestamp | None = None) -> list[Finding]:
    """Return warnings about answers and records; none of them keeps a row out.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        The tables on their way in, by kamlab's name.
    as_of : Timestamp, optional
        The day of the export; without it nothing is said of days in the future.

    Returns
    -------
    list of Finding
        All of severity "warning", table by table.

    Notes
    -----
    The limits are kamlab's own choice (status: design). Each rule says what it has seen; whether
    it is a mistake is for somebody who knows the account to say.

    Examples
    --------
    >>> from kamlab.accounts.validate import sheet_of
    >>> twice = pd.DataFrame({"account_id": ["1", "2"], "name": ["Yamada Ltd", "YAMADA"]})
    >>> [found.column for found in find_doubts({"accounts": sheet_of("accounts", twice)})]
    ['name']
    """
    survey = doubtful_answers(sheets["survey"]) if "survey" in sheets else ()
    return [*survey, *contradictions(sheets, as_of)]
