"""From rows or moments to what the engine takes: samples and blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ModelError, warn_left_out
from kamlab.foundation.language import say
from kamlab.sem.caller import level_of_caller
from kamlab.sem.cases import Cases, need_positive_definite
from kamlab.sem.engine.missing import missing_patterns, saturated_moments
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.options import Options

FEWEST_CLUSTERS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """The data of a fit.

    Attributes
    ----------
    samples : tuple of GroupSample
    blocks : tuple of Block
    saturated : tuple of float
        Discrepancy of the model that fits perfectly, group by group.
    labels : tuple of str
        Names of the groups.
    kept : tuple of ndarray, shape (nobs of the group,)
        Positions of the rows used in the user's table, group by group; empty for moments.
    n_left_out : int
    clusters : ndarray of int, shape (nobs,), or None
        Cluster of each case, group by group, where errors are clustered.
    """

    samples: tuple[GroupSample, ...]
    blocks: tuple[Block, ...]
    saturated: tuple[float, ...]
    labels: tuple[str, ...]
    kept: tuple[Places, ...]
    n_left_out: int
    clusters: Places | None = None

    @property
    def nobs(self) -> int:
        """Cases used."""
        return sum(sample.nobs for sample in self.samples)


def clustered(data: Data, column: pd.Series) -> Data:
    """Return data whose cases are in the clusters that a column of the user's table names.

    Raises
    ------
    ModelError
        If a case has no cluster, or a group fewer than two.
    """
    codes = pd.factorize(column)[0].astype(np.intp)
    parts = [codes[kept] for kept in data.kept]
    if any((part < 0).any() for part in parts):
        raise ModelError(say("sem.cluster_gaps", name=column.name))
    if any(len(np.unique(part)) < FEWEST_CLUSTERS for part in parts):
        raise ModelError(say("sem.cluster_few", name=column.name))
    return replace(data, clusters=np.concatenate(parts))


def data_from_rows(cases: Cases, options: Options) -> Data:
    """Return complete rows in groups; rows with a missing value are left out and warned of.

    Raises
    ------
    ModelError
        If a group has too few rows, or variables that are constant or collinear.
    """
    complete = ~np.isnan(cases.values @ np.ones(len(cases.names)))
    n_left_out = int((~complete).sum())
    if n_left_out == len(complete):
        raise ModelError(say("sem.no_complete_rows"))
    left_out = _warned(cases, {"sem.reason_missing": n_left_out})
    samples, kept = [], []
    for number in range(len(cases.labels)):
        own = np.flatnonzero(complete & (cases.group == number))
        rows = cases.values if len(own) == len(complete) else cases.values[own]
        with _naming_group(cases, number):
            samples.append(_sample(rows, cases.names, options))
        kept.append(cases.kept[own])
    return _data(samples, cases.labels, tuple(kept), left_out, options)


def _warned(cases: Cases, counts: Mapping[str, int]) -> int:
    """Warn of the rows left out, for each reason, and return how many they are in all."""
    counts = {"sem.reason_group": cases.n_without_group, **counts}
    total = len(cases.values) + cases.n_without_group
    for reason, count in counts.items():
        if count:
            warn_left_out(count, total, say(reason), stacklevel=level_of_caller())
    return sum(counts.values())


@contextmanager
def _naming_group(cases: Cases, number: int) -> Iterator[None]:
    """Say of which group a problem is, if there are several."""
    try:
        yield
    except ModelError as error:
        if len(cases.labels) == 1:
            raise
        label = cases.labels[number]
        raise ModelError(say("sem.in_group", group=label, problem=error.text)) from error


def data_with_gaps(cases: Cases, exogenous: Places, options: Options) -> Data:
    """Return rows in groups, incomplete ones with what they have.

    Rows without any value, and rows that lack a fixed covariate, are left out and warned of.

    Raises
    ------
    ModelError
        If a pair of variables is never observed together, or is collinear.
    """
    samples: list[GroupSample] = []
    blocks: list[Block] = []
    kept: list[Places] = []
    saturated: list[float] = []
    empty = without = 0
    for number in range(len(cases.labels)):
        own = np.flatnonzero(cases.group == number)
        with _naming_group(cases, number):
            patterns = missing_patterns(
                cases.values[own], cases.names, exogenous=exogenous, group=number
            )
            moments = saturated_moments(patterns.blocks, len(cases.names))
            nobs = len(patterns.order)
            need_positive_definite(cases.names, moments.cov, nobs)
        rows = cases.values[own[patterns.order]]
        samples.append(GroupSample(moments.cov, moments.mean, nobs, nobs, rows))
        blocks += patterns.blocks
        kept.append(cases.kept[own[patterns.order]])
        saturated.append(2 * moments.objective)
        empty, without = empty + patterns.n_empty, without + patterns.n_without_covariate
    left_out = _warned(cases, {"sem.reason_empty": empty, "sem.reason_covariate": without})
    return Data(
        tuple(samples), tuple(blocks), tuple(saturated), cases.labels, tuple(kept), left_out
    )


def _sample(rows: Floats, names: tuple[str, ...], options: Options) -> GroupSample:
    nobs = len(rows)
    if nobs <= len(names):
        raise ModelError(say("sem.too_few_rows", nobs=nobs, fewest=len(names) + 1))
    mean = rows.mean(axis=0)
    centred = rows - mean
    weight = nobs - 1 if options.unbiased else nobs
    cov = centred.T @ centred / weight
    need_positive_definite(names, cov, nobs)
    return GroupSample(cov, mean, nobs, weight, rows)


def data_from_moments(
    cov: Floats, mean: Floats | None, nobs: int, names: tuple[str, ...], options: Options
) -> Data:
    """Return covariances (p, p) with divisor `nobs - 1`, and means if there are any, as data.

    Raises
    ------
    ModelError
        If there are too few cases, or the matrix is not positive definite.
    """
    need_positive_definite(names, cov, nobs)
    weight = nobs - 1 if options.unbiased else nobs
    scaled = cov * ((nobs - 1) / weight)
    level = np.zeros(len(cov)) if mean is None else mean
    sample = GroupSample(scaled, level, nobs, weight, None)
    return _data([sample], ("",), (), 0, options)


def _data(
    samples: list[GroupSample],
    labels: tuple[str, ...],
    kept: tuple[Places, ...],
    n_left_out: int,
    options: Options,
) -> Data:
    everything = np.arange(len(samples[0].cov))
    is_ml = options.discrepancy == "ML"
    blocks = tuple(
        Block(group, everything, one.cov, one.mean, one.nobs if is_ml else one.weight, one.rows)
        for group, one in enumerate(samples)
    )
    saturated = tuple(_perfect(one) if is_ml else 0.0 for one in samples)
    return Data(tuple(samples), blocks, saturated, labels, kept, n_left_out)


def _perfect(sample: GroupSample) -> float:
    return float(np.linalg.slogdet(sample.cov)[1]) + len(sample.cov)
