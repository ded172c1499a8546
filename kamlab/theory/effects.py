"""Effects of constructs on each other, in the order of the theory, from a fitted model."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kamlab.sem.result import SemFit
from kamlab.theory.kmv import ARROW


def effect_table(fit: SemFit, names: Sequence[str], *, standardised: bool) -> pd.DataFrame:
    """Return `fit.effects()` of some constructs on each other, by outcome and cause.

    Parameters
    ----------
    fit : SemFit
    names : sequence of str
        Constructs, causes before outcomes.
    standardised : bool
        Whether to divide by implied standard deviations; not for scores that have been
        standardised.
    """
    place = {name: number for number, name in enumerate(names)}
    table = fit.effects(standardised=standardised)
    own = table[table["cause"].isin(place) & table["outcome"].isin(place)]
    return own.sort_values(
        ["outcome", "cause"], key=lambda column: column.map(place), ignore_index=True
    )


def ways_table(
    fit: SemFit, pairs: Sequence[tuple[str, str]], *, standardised: bool
) -> pd.DataFrame:
    """Return the indirect effect of causes on outcomes along each way.

    Parameters
    ----------
    fit, standardised
        As in `effect_table`.
    pairs : sequence of (cause, outcome)

    Returns
    -------
    DataFrame
        `cause`, `outcome`, `through` (the constructs in between), `estimate`, `std_error`,
        `conf_low`, `conf_high`.
    """
    tables = []
    for cause, outcome in pairs:
        ways = fit.indirect_effects(cause, outcome, standardised=standardised)
        between = ways.pop("way").str.split(ARROW).str[1:-1]
        ways.insert(0, "through", between.str.join(ARROW))
        ways.insert(0, "outcome", outcome)
        ways.insert(0, "cause", cause)
        tables.append(ways[ways["through"] != ""])
    return pd.concat(tables, ignore_index=True)
