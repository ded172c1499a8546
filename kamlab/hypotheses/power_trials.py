"""A hypothesis tested in many simulated companies of several sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from kamlab.accounts.simulate import simulate_company
from kamlab.foundation.errors import KamlabError, NotApplicable
from kamlab.foundation.language import same, say
from kamlab.foundation.progress import watched
from kamlab.hypotheses.evidence import Evidence
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods.registry import evidence
from kamlab.hypotheses.tables import Tables

AT_ONCE = 12_000
"""Accounts simulated together, if one company does not have more."""
TRUTH_FROM = 2
"""Populations from which the true effect is estimated: 24,000 accounts of small companies."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """What is simulated, and how it is judged.

    Attributes
    ----------
    hypothesis : Hypothesis
    sizes : tuple of int
        Numbers of accounts, rising.
    n_sim : int
        Companies of each size; the smaller are the first accounts of the larger.
    n_tests : int
        Hypotheses tested together; a verdict needs a p-value below the level over their number.
    conf_level : float
    truth : mapping
        Keywords of `simulate_company`: the true effects that replace the usual ones.
    seed : int
    """

    hypothesis: Hypothesis
    sizes: tuple[int, ...]
    n_sim: int
    n_tests: int
    conf_level: float
    truth: Mapping[str, Mapping[str, float]]
    seed: int

    @property
    def level(self) -> float:
        """The level below which one p-value has to be."""
        return (1 - self.conf_level) / self.n_tests

    def verdict(self, found: Evidence) -> str:
        """Return the verdict of one company, corrected for the number of tests."""
        low, high = self.hypothesis.low, self.hypothesis.high
        alone = found.verdict(low, high, self.conf_level)
        sure = found.p_value(found.nearest_end(low, high)) < self.level
        return alone if sure else "undecided"


@dataclass(frozen=True, eq=False)
class Trials:
    """What came out.

    Attributes
    ----------
    table : DataFrame
        One row per company and size: `sample`, `n_accounts`, `estimate`, `std_error`, `verdict`,
        `reason`.
    true_effect, true_effect_error : float
        The estimate in the large populations that the companies are drawn from.
    """

    table: pd.DataFrame
    true_effect: float
    true_effect_error: float


def simulate(study: Study, *, progress: bool = True) -> Trials:
    """Test a hypothesis in `n_sim` simulated companies of every size.

    Raises
    ------
    NotApplicable
        If not even a population can be tested: the hypothesis needs what simulated companies
        do not have.
    """
    rows: list[dict[str, object]] = []
    truths: list[Evidence] = []
    total = study.n_sim * len(study.sizes)
    work = say("hypotheses.power_work")
    with watched(work, lambda: 100 * len(rows) / total) if progress else nullcontext():
        for tables, samples in _populations(study):
            if len(truths) < TRUTH_FROM:
                truths.append(_in_population(study.hypothesis, tables))
            for sample, ids in samples.items():
                rows += _tested(study, tables.only(ids), ids, sample)
    effects = np.array([found.estimate for found in truths])
    errors = np.array([found.std_error for found in truths])
    error = math.sqrt(float(np.sum(errors**2))) / len(errors)
    return Trials(pd.DataFrame(rows), float(effects.mean()), error)


def _populations(study: Study) -> Iterator[tuple[Tables, dict[int, pd.Index]]]:
    """Yield the tables of a population, and the accounts of each company in it."""
    largest = study.sizes[-1]
    n_populations = math.ceil(study.n_sim / max(1, AT_ONCE // largest))
    seeds = np.random.SeedSequence(study.seed).generate_state(n_populations)
    for seed, own in zip(seeds, np.array_split(range(study.n_sim), n_populations), strict=True):
        company = simulate_company(len(own) * largest, int(seed), **study.truth)
        ids = pd.Index(company.accounts["account_id"])
        parts = {
            int(sample): ids[place * largest : (place + 1) * largest]
            for place, sample in enumerate(own)
        }
        yield _needed(Tables.of(company), study.hypothesis), parts


def _needed(tables: Tables, hypothesis: Hypothesis) -> Tables:
    """Return the tables without the rows of those that a hypothesis is not tested on.

    The one that is left is copied, for pandas then cuts out rows in a third less time.
    """
    parts: dict[str, Any] = {
        name: frame.copy() if name == hypothesis.table else frame.iloc[:0]
        for name in ("periods", "accounts", "survey")
        if isinstance(frame := getattr(tables, name), pd.DataFrame)
    }
    if not hypothesis.corrected:
        parts["error"] = NotApplicable(say("hypotheses.power_error_unused"))
    return replace(tables, **parts)


def _in_population(hypothesis: Hypothesis, tables: Tables) -> Evidence:
    try:
        return evidence(hypothesis, tables)
    except KamlabError as error:
        reason = say("hypotheses.power_no_population", name=hypothesis.name, reason=error.text)
        raise NotApplicable(reason) from error


def _tested(
    study: Study, tables: Tables, ids: pd.Index, sample: int
) -> Iterator[dict[str, object]]:
    """Yield one row per size: the first accounts of a company are a smaller company."""
    for size in study.sizes:
        key = {"sample": sample + 1, "n_accounts": size}
        try:
            found = evidence(study.hypothesis, tables.only(ids[:size]), seed=study.seed + sample)
        except KamlabError as error:
            none = {"estimate": math.nan, "std_error": math.nan, "verdict": "not_applicable"}
            yield {**key, **none, "reason": error.text}
            continue
        yield {
            **key,
            "estimate": found.estimate,
            "std_error": found.std_error,
            "verdict": study.verdict(found),
            "reason": same(""),
        }
