"""Models, data and lavaan's numbers for the tests of what follows from an estimate."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from kamlab.sem.assembly import RowPlaces, row_places, structure_of
from kamlab.sem.engine.estimate import Estimate, estimate
from kamlab.sem.engine.missing import missing_patterns, saturated_moments
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.inference.modification import Candidates, candidates
from kamlab.sem.syntax.parameters import ParameterTable
from kamlab.sem.syntax.reader import read_model
from kamlab.sem.syntax.table import parameter_table

REFERENCE = Path(__file__).parents[1] / "reference"
BARE = "f1 =~ y1 + y2 + y3; f2 =~ y4 + y5 + y6; f1 ~ x1 + x2; f2 ~ f1 + x2; y1 ~~ y4"
MODEL = BARE.replace("f1 ~ x1", "f1 ~ a*x1").replace("~ f1", "~ b*f1") + "; indirect := a*b"
# The numbers of lavaan_inference.R: lavaan's own, at the minimum of its objective.
SCENARIOS = {
    "plain": {"text": MODEL},
    "groups": {"text": BARE, "by_group": True, "group_equal": ("loadings", "intercepts")},
    "gaps": {"text": MODEL, "complete": False},
    "gls": {"text": MODEL, "estimator": "GLS", "fixed_x": False},
    "uls": {"text": MODEL, "estimator": "ULS", "fixed_x": False},
    "wishart": {"text": MODEL, "one_less": True},
    "loose": {"text": BARE, "by_group": True},
    "tight": {"text": BARE, "by_group": True, "group_equal": ("loadings",)},
}


@dataclass(frozen=True, eq=False)
class Case:
    """A fitted model with its table of parameters."""

    estimate: Estimate
    table: ParameterTable
    rows: RowPlaces

    @property
    def names(self):
        """How lavaan writes each row, with the number of its group."""
        return [f"{p.lhs} {p.op} {p.rhs} {p.group}" for p in self.table.parameters]

    @property
    def covariance(self):
        return self.estimate.covariance(self.estimate.point.information)

    @property
    def places(self):
        """Group, kind, row and column of each row of the table."""
        return self.rows.group, self.rows.kind, self.rows.row, self.rows.column

    @property
    def values(self):
        point = self.estimate.point
        theta = self.estimate.theta
        levels = [group.means.copy() for group in point.structure.groups]
        for group, level in zip(point.structure.groups, levels, strict=True):
            own = group.kind == 2
            level[group.row[own]] = theta[group.parameter[own]]
        return self.rows.values(point.implied, levels)

    def place(self, name):
        return self.estimate.structure.variables.index(name)

    @property
    def covariates(self):
        named = [name for name in ("x1", "x2") if name in self.estimate.structure.observed]
        return np.array([self.place(name) for name in named], dtype=np.intp)

    @property
    def candidates(self) -> Candidates:
        equations = {n for p in self.table.parameters if p.op == "~" for n in (p.lhs, p.rhs)}
        measured = {p.rhs for p in self.table.parameters if p.op == "=~"}
        observed = set(self.estimate.structure.observed)
        return candidates(
            self.estimate.structure,
            *self.places,
            self.rows.number,
            indicators=np.array(sorted(map(self.place, measured & observed)), dtype=np.intp),
            in_equations=np.array(sorted(map(self.place, equations)), dtype=np.intp),
            covariates=self.covariates,
        )


def data(*, complete=True):
    table = pd.read_csv(REFERENCE / "lavaan_robust" / "cases.csv")
    return table.dropna(ignore_index=True) if complete else table


def fit(text, frame, *, by_group=False, estimator="ML", one_less=False, complete=True, **options):
    """Fit a model to the columns that it names."""
    table = parameter_table(
        read_model(text),
        n_groups=frame["group"].nunique() if by_group else 1,
        meanstructure=by_group or not complete,
        **options,
    )
    labels = frame["group"] if by_group else np.zeros(len(frame))
    samples, blocks, saturated = [], [], []
    for number, label in enumerate(dict.fromkeys(labels)):
        values = frame.loc[labels == label, list(table.observed)].to_numpy(dtype=float)
        exogenous = [table.observed.index(name) for name in table.exogenous]
        found = missing_patterns(values, table.observed, exogenous=exogenous, group=number)
        moments = saturated_moments(found.blocks, len(table.observed))
        n = len(found.order)
        less = one_less or estimator != "ML"
        cov = moments.cov * n / (n - less)
        own = found.blocks
        if complete:
            own = (Block(number, own[0].places, cov, moments.mean, n, own[0].rows),)
        samples.append(GroupSample(cov, moments.mean, n, n - less, values[found.order]))
        blocks += own
        perfect = 2 * moments.objective
        if complete:
            perfect = np.linalg.slogdet(cov)[1] + len(cov)
        saturated.append(perfect if estimator == "ML" else 0.0)
    rows = row_places(table)
    structure = structure_of(table, rows, samples)
    return Case(
        estimate(structure, tuple(samples), tuple(blocks), tuple(saturated), estimator=estimator),
        table,
        rows,
    )


@cache
def scenario(name):
    options = dict(SCENARIOS[name])
    complete = options.get("complete", True)
    return fit(options.pop("text"), data(complete=complete), **options)


@cache
def _values():
    return pd.read_csv(REFERENCE / "lavaan_inference" / "values.csv")


def lavaan(name, kind):
    table = _values()
    own = table[(table["scenario"] == name) & (table["kind"] == kind)]
    assert len(own), f"no {kind} of {name}"
    return dict(zip(own["name"], own["value"].astype(float), strict=True))
