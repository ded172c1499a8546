"""Measurement invariance: whether groups are measured alike."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import join, same, say
from kamlab.sem.cases import column_of
from kamlab.sem.compare_nested import NestedComparison, compare_nested
from kamlab.sem.fit import fit_sem

LEVELS: Final = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}


def measurement_invariance(
    model: str, data: pd.DataFrame, *, group: str, **options: Any
) -> NestedComparison:
    """Test whether a measurement model holds alike in several groups, level by level.

    Configural: the same factors. Metric: equal loadings, so that paths can be compared. Scalar:
    equal intercepts too, so that means can be. Strict: equal residual variances too.

    Parameters
    ----------
    model : str
        Factors by `=~`, in lavaan's syntax.
    data : DataFrame
    group : str
        Column whose values are the groups.
    **options
        Further arguments of `fit_sem`, such as `estimator`, `missing` or `group_partial`.

    Returns
    -------
    NestedComparison
        One row per level in `tidy()`; `fits` has the four fits.

    Raises
    ------
    ArgumentError
        If there is only one group, or `group_equal` is among the options.

    Notes
    -----
    Each level is tested against the one before by the chi-square difference; a fall of CFI by
    more than 0.01 is the usual alarm (Cheung & Rensvold 2002, recalled).
    """
    if "group_equal" in options:
        raise ArgumentError(say("sem.invariance_group_equal", levels=join([*map(same, LEVELS)])))
    known = isinstance(data, pd.DataFrame) and isinstance(group, str) and group in data.columns
    if known and len(column_of(data, group).dropna().unique()) == 1:
        raise ArgumentError(say("sem.invariance_one_group", group=group))
    fits = {
        level: fit_sem(model, data, group=group, group_equal=equal, **options)
        for level, equal in LEVELS.items()
    }
    compared = compare_nested(fits)
    return NestedComparison(compared.fits, say("sem.invariance_title", group=group))
