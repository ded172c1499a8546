"""What a model would gain from freeing a parameter, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.sem.assembly import formula
from kamlab.sem.details import structural
from kamlab.sem.engine.structure import COVARIANCE, MEAN
from kamlab.sem.inference.modification import Candidates, candidates
from kamlab.sem.inference.modification import modification_indices as indices
from kamlab.sem.inference.releases import release_tests as tests_of
from kamlab.sem.kinds import is_number

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit


def modification_indices(fit: SemFit, least: float) -> pd.DataFrame:
    """Return modification indices of at least some size, largest first."""
    if not is_number(least):
        raise ArgumentError(say("sem.least_number", value=least))
    rows, structure = fit.rows, fit.estimate.structure
    measured = {p.rhs for p in fit.table.parameters if p.op == "=~"}
    indicators = [i for i, name in enumerate(structure.observed) if name in measured]
    listed = candidates(
        structure,
        rows.group,
        rows.kind,
        rows.row,
        rows.column,
        rows.number,
        indicators=np.array(indicators, dtype=np.intp),
        in_equations=structural(fit),
        covariates=fit.covariates,
    )
    found = indices(fit.estimate, listed)
    table = pd.DataFrame(_formulas(fit, listed), columns=["lhs", "op", "rhs", "group"])
    table = table.assign(
        mi=found.index,
        p_value=found.p_value,
        epc=found.change,
        sepc_lv=found.std_lv,
        sepc_all=found.std_all,
    )
    kept = table[table["mi"] >= least].sort_values("mi", ascending=False, kind="stable")
    return kept.reset_index(drop=True)


def _formulas(fit: SemFit, listed: Candidates) -> list[tuple[str, str, str, int]]:
    structure, equations = fit.estimate.structure, set(structural(fit).tolist())
    names = structure.variables
    found = []
    for group, kind, row, column, source in zip(
        listed.group, listed.kind, listed.row, listed.column, listed.source, strict=True
    ):
        if source >= 0:
            one = fit.table.parameters[source]
            found.append((one.lhs, one.op, one.rhs, one.group))
            continue
        left, right, number = names[row], names[column], int(group) + 1
        if kind == MEAN:
            found.append((left, "~1", "", number))
        elif kind == COVARIANCE:
            found.append((right, "~~", left, number))
        elif row < structure.n_observed <= column and row not in equations:
            found.append((right, "=~", left, number))
        else:
            found.append((left, "~", right, number))
    return found


def release_tests(fit: SemFit) -> pd.DataFrame:
    """Return what releasing each equality would gain, largest first."""
    found, names = tests_of(fit.estimate), _cell_names(fit)
    stated = [one.text for one in fit.table.equalities]
    terms: list[str] = []
    for parameter, groups, cells in zip(found.parameter, found.group, found.cell, strict=True):
        if parameter < 0:
            terms.append(stated[sum(term in stated for term in terms)])
        else:
            both = zip(groups.tolist(), cells.tolist(), strict=True)
            terms.append(" == ".join(names[group][cell] for group, cell in both))
    table = pd.DataFrame({"equality": terms, "mi": found.statistic, "p_value": found.p_value})
    return table.sort_values("mi", ascending=False, kind="stable", ignore_index=True)


def _cell_names(fit: SemFit) -> list[list[str]]:
    """Return how the model's text writes each cell of each group's matrices."""
    rows = zip(fit.rows.group, fit.rows.kind, fit.rows.row, fit.rows.column, strict=True)
    place = {tuple(map(int, key)): number for number, key in enumerate(rows)}
    named = []
    for number, group in enumerate(fit.estimate.structure.groups):
        cells = zip(group.kind.tolist(), group.row.tolist(), group.column.tolist(), strict=True)
        named.append([formula(fit.table, place[number, *cell]) for cell in cells])
    return named
