"""Results side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.results import Result, named_terms

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 2
SPREAD = 0.6
"""How much of a row's height the results of one term share."""


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(Result):
    """Several results side by side; made by `compare`."""

    results: Mapping[str, Result]

    @property
    def title(self) -> Text:
        """The names that are compared."""
        return say("foundation.compare_title", names=self._names)

    @property
    def _names(self) -> Text:
        return join([same(name) for name in self.results])

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The words of all results' terms."""
        return {k: v for result in self.results.values() for k, v in result.term_labels.items()}

    def tidy(self) -> pd.DataFrame:
        """Return the results' `tidy()` one under the other; `result` says whose row it is."""
        return _stacked({name: result.by_term() for name, result in self.results.items()})

    def glance(self) -> pd.DataFrame:
        """Return one row per result, the only `glance` with more than one."""
        return _stacked({name: result.glance() for name, result in self.results.items()})

    def augment(self) -> Never:
        """Raise `NotApplicable`: a comparison has no accounts of its own."""
        raise NotApplicable(say("foundation.no_accounts_in_comparison"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the estimates with their intervals, one row per term, one mark per result."""
        table = self.tidy().query("term != 'Intercept'")
        table = named_terms(table, self.term_labels)
        terms = list(dict.fromkeys(table["term"]))
        offsets = np.linspace(-SPREAD / 2, SPREAD / 2, len(self.results))
        with style.canvas(ax, height=1.2 + 0.45 * len(terms)) as ax:
            for look, offset, name in zip(style.looks(), offsets, self.results, strict=False):
                own = table[table["result"] == name]
                rows = np.array([terms.index(term) for term in own["term"]]) + offset
                style.intervals(ax, own, rows, look=look, label=name)
            style.term_axis(ax, terms)
            style.legend_below(ax)
            style.finish(
                ax,
                title=self.title,
                alt=say(
                    "foundation.compare_alt",
                    count=len(self.results),
                    terms=join([same(term) for term in terms]),
                ),
            )
        return ax

    def report(self) -> str:
        """Say what is compared and what may be read from it."""
        return str(say("foundation.compare_report", count=len(self.results), names=self._names))


def compare(results: Mapping[str, Result]) -> Comparison:
    """Set results side by side.

    Parameters
    ----------
    results : mapping of str to Result
        At least two results whose `by_term()` has the columns `term` and `estimate`.

    Returns
    -------
    Comparison

    Raises
    ------
    ArgumentError
        If there are fewer than two results, or one that has no estimates.

    Examples
    --------
    >>> company = kl.sample_company()
    >>> formulas = {"trust": "stayed ~ trust", "with size": "stayed ~ trust + size"}
    >>> fits = {name: kl.fit_retention(formula, company) for name, formula in formulas.items()}
    >>> kl.compare(fits).glance()["result"].tolist()
    ['trust', 'with size']
    """
    if not isinstance(results, Mapping) or len(results) < FEWEST:
        raise ArgumentError(say("foundation.compare_needs_results", got=type(results).__name__))
    for name, result in results.items():
        if not isinstance(result, Result) or not {"term", "estimate"} <= {
            *result.by_term().columns
        }:
            raise ArgumentError(say("foundation.compare_needs_estimates", name=name))
    return Comparison(dict(results))


def _stacked(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(
        [table.assign(result=name) for name, table in tables.items()], ignore_index=True
    ).pipe(lambda t: t[["result", *[c for c in t.columns if c != "result"]]])
