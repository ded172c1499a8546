"""What an analysis cannot do without, said in words."""

from __future__ import annotations

import pandas as pd

from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, same, say


def need_columns(frame: object, *names: str, of: Text) -> None:
    """Check that a table has the columns that an analysis needs.

    Parameters
    ----------
    frame : object
        What the user gave.
    *names : str
        The columns.
    of : Text
        What needs them, as the subject of a sentence.

    Raises
    ------
    ArgumentError
        If it is no table; a whole company, for one, has several.
    NotApplicable
        If columns are missing; the message names them.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(say("accounts.need_frame", purpose=of, got=type(frame).__name__))
    if missing := [name for name in names if name not in frame]:
        listed = join([same(name) for name in missing])
        raise NotApplicable(say("accounts.need_columns_of", purpose=of, missing=listed))
