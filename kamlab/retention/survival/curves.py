"""How long accounts stay, group by group: `survival_curves`."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, DataWarning, warn_left_out
from kamlab.foundation.language import say
from kamlab.foundation.level import tails
from kamlab.panel.door import period_rows
from kamlab.retention.survival.groups import grouped
from kamlab.retention.survival.kaplan_meier import kaplan_meier, log_rank
from kamlab.retention.survival.spells import Clock, spells
from kamlab.retention.survival.survival_curves import SurvivalCurves
from kamlab.sem.caller import level_of_caller


def survival_curves(
    data: Company | pd.DataFrame,
    by: str | None = None,
    *,
    n_groups: int = 2,
    clock: Clock = "observed",
    from_year: float = 0.0,
    conf_level: float = 0.95,
) -> SurvivalCurves:
    """Draw how many accounts stay how long: Kaplan-Meier curves with the log-rank test.

    Parameters
    ----------
    data : Company or DataFrame
        A company, or an analysis table made by `kl.analysis_table`.
    by : str, optional
        What the accounts are grouped by: a construct such as `"trust"` or another column of
        the analysis table, as it was before the account's first decided period. Numbers are
        cut by their quantiles.
    n_groups : int, default 2
        Into how many groups numbers are cut, from 2 to 6.
    clock : {"observed", "tenure"}
        Years since the account's first decided period began, or years as a customer. By
        tenure, an account counts as at risk only from its first decided period on (left
        truncation): accounts that had left before could not be seen.
    from_year : float, default 0.0
        The year at which the curves begin, at one: they are then of the accounts that were
        watched and had not left by that year. By tenure, few accounts may be at risk in the
        first years, and a curve that begins there rests on these few.
    conf_level : float, default 0.95

    Returns
    -------
    SurvivalCurves
        `tidy()` one row per group and time, `medians()` one per group, `glance()` the log-rank
        test, `augment()` one row per account.

    Raises
    ------
    ArgumentError
        If the column, the number of groups, the clock or the first year cannot be used.
    NotApplicable
        If columns are missing or no account can be used.

    Warns
    -----
    RowsLeftOutWarning
        If accounts came back, were not watched beyond `from_year`, or their group or tenure is
        not known.
    DataWarning
        If a curve drops where fewer than five accounts are at risk.

    Notes
    -----
    One row per account, from its decided periods; an account leaves at the end of the period
    after which it did not stay, and one that stayed is censored at the end of its last decided
    period. Estimates are statsmodels' `SurvfuncRight` and `survdiff`.

    Examples
    --------
    >>> curves = kl.survival_curves(kl.sample_company(), by="trust")
    >>> curves.glance()[["n_accounts", "n_leavers", "logrank_df"]].iloc[0].tolist()
    [201, 86, 1]
    """
    tails(conf_level)
    needed = ["end", "tenure"] if clock == "tenure" else ["end"]
    rows = period_rows(data, *needed, of=say("panel.purpose"))
    groups = grouped(_beyond(spells(rows, clock), from_year), by, n_groups)
    entry, time = (groups.accounts[name].to_numpy(dtype=float) for name in ("entry", "time"))
    left = groups.accounts["left"].to_numpy(dtype=bool)
    curves = [
        kaplan_meier(entry[own], time[own], left[own], conf_level)
        for own in (groups.codes == code for code in range(len(groups.names)))
    ]
    several = len(groups.names) > 1
    found = SurvivalCurves(
        by=by,
        clock=clock,
        from_year=from_year,
        names=groups.names,
        curves=tuple(curves),
        accounts=groups.accounts.assign(curve=np.array(groups.names)[groups.codes]),
        test=log_rank(entry, time, left, groups.codes) if several else None,
        n_left_out=groups.n_left_out,
        conf_level=conf_level,
    )
    if found.thin is not None:
        warnings.warn(str(found.thin), DataWarning, stacklevel=level_of_caller())
    return found


def _beyond(accounts: pd.DataFrame, from_year: float) -> pd.DataFrame:
    """Return the accounts that are watched beyond a year, at risk from that year on."""
    longest = float(accounts["time"].max())
    if not 0 <= from_year < longest:
        words = {"got": repr(from_year), "longest": f"{longest:.1f}"}
        raise ArgumentError(say("retention.survival_from_year", **words))
    kept = accounts["time"] > from_year
    if not kept.all():
        reason = say("retention.survival_before_year", year=f"{from_year:g}")
        warn_left_out(int((~kept).sum()), len(kept), reason, stacklevel=level_of_caller())
    beyond = accounts[kept].reset_index(drop=True)
    return beyond.assign(entry=beyond["entry"].clip(lower=from_year))
