"""The forms in which survivors may be given, checked with all problems told at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, same, say
from kamlab.retention.curve.histories import renewal_histories
from kamlab.retention.curve.tallies import Tally, tally

ACCOUNTS = ("renewals", "left")
COHORTS = ("period", "survivors")
MOST_RENEWALS = 10_000
"""More than these are days or a mistake, and unfolding them would fill the memory."""

SHOWN = 5
LISTED = 30


def read_survivors(survivors: object, covariates: Sequence[str] | str | None) -> Tally:
    """Return the renewals counted, whatever the form in which survivors are given.

    Raises
    ------
    ArgumentError
        If the form is not known or values are impossible: all problems at once.
    """
    names = (covariates,) if isinstance(covariates, str) else tuple(covariates or ())
    if isinstance(survivors, Company):
        survivors = renewal_histories(survivors)
    if isinstance(survivors, pd.DataFrame):
        if set(ACCOUNTS) <= set(survivors.columns):
            return _of_accounts(survivors, names)
        if set(COHORTS) <= set(survivors.columns):
            return _of_cohorts(survivors, names)
        raise ArgumentError(say("retention.curve_columns", columns=_named(survivors.columns)))
    return _of_sequence(survivors, names)


def _of_sequence(survivors: object, names: tuple[str, ...]) -> Tally:
    try:
        values = np.asarray(survivors, dtype=float)
    except (TypeError, ValueError):
        values = np.empty((0, 0))
    if values.ndim != 1 or isinstance(survivors, str):
        raise ArgumentError(say("retention.curve_form", got=type(survivors).__name__))
    if names:
        raise ArgumentError(say("retention.curve_no_covariates", names=_named(names)))
    rows = pd.DataFrame({"period": np.arange(len(values)), "survivors": values})
    return _of_cohorts(rows, ())


def _of_cohorts(rows: pd.DataFrame, names: tuple[str, ...]) -> Tally:
    rows = rows if "cohort" in rows else rows.assign(cohort="")
    problems = [
        *_not_whole(rows, "period", most=MOST_RENEWALS),
        *_not_whole(rows, "survivors"),
        *_not_numbers(rows, names),
    ]
    if rows["cohort"].isna().any():
        problems.append(say("retention.curve_no_cohort", count=int(rows["cohort"].isna().sum())))
    if not problems:
        rows = rows.astype({"period": float, "survivors": float})
        rows = rows.sort_values(["cohort", "period"], kind="stable", ignore_index=True)
        problems = _broken_cohorts(rows, names)
    _refuse(problems)
    by_cohort = rows.groupby("cohort")
    later = by_cohort["survivors"].shift(-1)
    histories = rows[["cohort", *names]].assign(
        entry=by_cohort["period"].transform("min"),
        renewals=rows["period"],
        left=later.notna(),
        count=rows["survivors"] - later.fillna(0.0),
    )
    return tally(histories[histories["count"] > 0], names, by_account=False)


def _broken_cohorts(rows: pd.DataFrame, names: tuple[str, ...]) -> list[Text]:
    """Say which cohorts have periods twice, gaps, more customers than before, or two values."""
    problems = []
    if not len(rows):
        problems.append(say("retention.curve_empty"))
    by_cohort = rows.groupby("cohort")
    step, rise = by_cohort["period"].diff(), by_cohort["survivors"].diff()
    cohort = rows["cohort"].where(rows["cohort"] != "", "1").astype(str)
    places = [f"{one} / {period:g}" for one, period in zip(cohort, rows["period"], strict=True)]
    at = pd.Series(places, index=rows.index, dtype="str")
    for wrong, key in (
        (step == 0, "retention.curve_twice"),
        (step > 1, "retention.curve_gap"),
        ((step == 1) & (rise > 0), "retention.curve_rises"),
    ):
        if wrong.any():
            problems.append(say(key, places=_named(at[wrong].head(SHOWN)), count=int(wrong.sum())))
    for name in names:
        values = rows[["cohort", name]].drop_duplicates()
        if values["cohort"].duplicated().any():
            problems.append(say("retention.curve_two_values", name=name))
    return problems


def _of_accounts(rows: pd.DataFrame, names: tuple[str, ...]) -> Tally:
    rows = rows.assign(**{n: v for n, v in (("entry", 0), ("count", 1)) if n not in rows})
    problems = [] if len(rows) else [say("retention.curve_empty")]
    for name in ("renewals", "entry", "count"):
        most = None if name == "count" else MOST_RENEWALS
        problems += _not_whole(rows, name, most=most, may_miss=name == "entry")
    left = _numbers(rows["left"])
    if wrong := _places(rows, ~np.isin(left, [0, 1])):
        problems.append(say("retention.curve_left", places=wrong))
    problems += _not_numbers(rows, names)
    if not problems:
        early = _numbers(rows["renewals"]) < _numbers(rows["entry"])
        if wrong := _places(rows, early):
            problems.append(say("retention.curve_entry", places=wrong))
    _refuse(problems)
    return tally(rows.assign(left=left.astype(int)), names, by_account=True)


def _not_whole(
    rows: pd.DataFrame, name: str, *, most: int | None = None, may_miss: bool = False
) -> list[Text]:
    values = _numbers(rows[name])
    good = np.isfinite(values) & (values >= 0) & (values == np.floor(values))
    if most is not None:
        good &= values <= most
    if may_miss:
        good |= rows[name].isna().to_numpy()
    if not (wrong := _places(rows, ~good, name)):
        return []
    key = "retention.curve_whole" if most is None else "retention.curve_whole_at_most"
    return [say(key, name=name, places=wrong, most=f"{MOST_RENEWALS:,}")]


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    """Return a column as numbers, NaN where it has none."""
    numbers = pd.to_numeric(column, errors="coerce")
    return np.asarray(numbers.astype("Float64").to_numpy(float, na_value=np.nan))


def _not_numbers(rows: pd.DataFrame, names: tuple[str, ...]) -> list[Text]:
    """Say which covariates are not there, stand twice, or are no finite numbers."""
    problems = []
    if absent := [name for name in names if name not in rows]:
        problems.append(say("retention.curve_absent", names=_named(absent)))
    if len(set(names)) < len(names):
        problems.append(say("retention.curve_named_twice", names=_named(names)))
    for name in set(names) - set(absent):
        column = rows[name]
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
            problems.append(say("retention.curve_text", name=name))
        elif np.isinf(column.to_numpy(float, na_value=np.nan)).any():
            problems.append(say("retention.curve_infinite", name=name))
    return problems


def _places(rows: pd.DataFrame, wrong: NDArray[np.bool_], value: str = "") -> Text | None:
    """Return the first rows in which something is wrong, by their label in the index."""
    if not wrong.any():
        return None
    some = rows[wrong].head(SHOWN)
    named = [f"{at} ({x})" for at, x in some[value].items()] if value else [*some.index]
    rest = f" … ({wrong.sum()})" if wrong.sum() > SHOWN else ""
    return _named(named) + same(rest)


def _named(names: Iterable[object]) -> Text:
    return join([same(name) for name in [*names][:LISTED]])


def _refuse(problems: list[Text]) -> None:
    if problems:
        lines = Text("", "")
        for problem in problems:
            lines += same("\n- ") + problem
        raise ArgumentError(say("retention.curve_bad", problems=lines))
