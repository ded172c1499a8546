"""What else a fitted model tells: tables made from arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import join, paragraph, same, say
from kamlab.sem.engine.structure import Places
from kamlab.sem.inference.factor_scores import factor_scores as scores_of
from kamlab.sem.inference.residuals import r_squared as explained
from kamlab.sem.inference.residuals import residual_scores, residuals
from kamlab.sem.kinds import whole, wrong_switches

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit


def per_group(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of groups, one under the other, numbered if there are several."""
    if len(tables) == 1:
        return tables[0].reset_index(drop=True)
    numbered = [table.assign(group=number) for number, table in enumerate(tables, start=1)]
    return pd.concat(numbered, ignore_index=True)


def need_group(fit: SemFit, group: int) -> int:
    """Return the number of a group, from 1.

    Raises
    ------
    ArgumentError
        If there is no group of that number.
    """
    labels = fit.group_labels
    number = whole(group)
    if number is None or not 1 <= number <= len(labels):
        named = [
            same(f"{place}: {label}" if label else place)
            for place, label in enumerate(labels, start=1)
        ]
        raise ArgumentError(
            say("sem.unknown_group", value=group, last=len(labels), labels=join(named))
        )
    return number


def need_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """Raise `ArgumentError` unless a value is one of those allowed."""
    if value not in allowed:
        listed = join([same(repr(one)) for one in allowed])
        raise ArgumentError(say("sem.option", name=name, value=value, allowed=listed))


def need_switches(**switches: object) -> None:
    """Raise `ArgumentError` unless all values are True, False or None."""
    if problems := wrong_switches(switches):
        raise ArgumentError(paragraph(problems))


def structural(fit: SemFit) -> Places:
    """Return the places of the variables that stand in regressions."""
    names = {name for p in fit.table.parameters if p.op == "~" for name in (p.lhs, p.rhs)}
    variables = fit.estimate.structure.variables
    return np.array([i for i, name in enumerate(variables) if name in names], dtype=np.intp)


def r_squared(fit: SemFit) -> pd.DataFrame:
    """Return the explained share of each endogenous variable."""
    names = fit.estimate.structure.variables
    tables = []
    for shares in explained(fit.estimate.point):
        own = np.flatnonzero(~np.isnan(shares))
        tables.append(pd.DataFrame({"outcome": [names[i] for i in own], "r_squared": shares[own]}))
    return per_group(tables)


def residual_correlations(fit: SemFit) -> pd.DataFrame:
    """Return observed less implied correlations, a pair of observed variables a row."""
    names = np.array(fit.estimate.structure.observed, dtype=object)
    row, column = np.tril_indices(len(names), -1)
    tables = [
        pd.DataFrame(
            {
                "first": names[column],
                "second": names[row],
                "residual_correlation": one.cor[row, column],
                "z_residual": score.cov[row, column],
            }
        )
        for one, score in zip(residuals(fit.estimate), residual_scores(fit.estimate), strict=True)
    ]
    return per_group(tables)


def implied_moments(fit: SemFit, group: int) -> pd.DataFrame:
    """Return the implied covariances of one group, with a last row of means if it has means."""
    at = fit.estimate.point.implied[need_group(fit, group) - 1]
    names = list(fit.estimate.structure.observed)
    table = pd.DataFrame(at.sigma, index=names, columns=names)
    if fit.estimate.structure.has_means:
        table.loc["mean"] = at.mu
    return table


def factor_scores(fit: SemFit, method: Literal["regression", "bartlett"]) -> pd.DataFrame:
    """Return factor scores in the order of the rows used."""
    if fit.frame is None:
        raise NotApplicable(say("sem.no_cases"))
    if not fit.table.latent:
        raise NotApplicable(say("sem.no_latent"))
    need_choice("method", method, ("regression", "bartlett"))
    found = scores_of(fit.estimate, method)
    scores = np.concatenate([one.scores for one in found])
    kept = np.concatenate(fit.data.kept)
    order = np.argsort(kept)
    table = pd.DataFrame(scores[order], columns=list(fit.table.latent))
    return table.set_axis(fit.frame.index[kept[order]], axis=0)
