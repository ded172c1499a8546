"""Whom several models would have the sales force look after now."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation.errors import NotApplicable, warn_left_out
from kamlab.foundation.language import say
from kamlab.panel.design import Design
from kamlab.retention.renewal.fit import RenewalModel, fit_retention
from kamlab.retention.validation.common_rows import of_all
from kamlab.retention.validation.rolling import chances
from kamlab.sem.caller import level_of_caller


def ranked_lists(
    designs: Mapping[str, Design], present: pd.DataFrame, n: int, *, model: RenewalModel, seed: int
) -> pd.DataFrame:
    """Return each model's list of the present accounts least likely to stay, side by side.

    Parameters
    ----------
    designs : mapping of str to Design
        On the same decided rows, from which every model is estimated.
    present : DataFrame
        The latest row of every present account.
    n : int
        Places on each list.
    model : str
    seed : int

    Returns
    -------
    DataFrame
        One row per place; per model the account (and its name, where known), its probability
        of staying, and on how many models' lists it is. Equal probabilities stand in the order
        of `account_id`.

    Raises
    ------
    NotApplicable
        If there is no present account that all models can rank.

    Warns
    -----
    RowsLeftOutWarning
        If there are present accounts that some model cannot rank.
    """
    known = present
    for design in designs.values():
        known = design.predictable(known)
    if known.empty:
        raise NotApplicable(say("retention.models_nobody", count=len(present)))
    if missed := len(present) - len(known):
        level = level_of_caller()
        warn_left_out(missed, len(present), say("retention.models_unranked"), stacklevel=level)

    def ranked(name: str) -> pd.DataFrame:
        fit = fit_retention(designs[name].formula, designs[name].used, model=model, seed=seed)
        table = known.assign(chance=chances(fit, known))
        return table.sort_values(["chance", "account_id"], ignore_index=True).head(n)

    lists = of_all(designs, ranked)
    times = pd.concat([one["account_id"] for one in lists.values()]).value_counts()
    table = pd.DataFrame({"place": range(1, min(n, len(known)) + 1)})
    for name, one in lists.items():
        table[f"listed_{name}"] = one["account_id"]
        if "name" in (who := identity(one)):
            table[f"called_{name}"] = who["name"]
        table[f"forecast_{name}"] = one["chance"]
        table[f"on_lists_{name}"] = one["account_id"].map(times)
    return table
