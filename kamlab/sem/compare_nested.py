"""Comparing nested models: what a restriction costs in fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Never

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.columns import column
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.results import Result
from kamlab.sem.inference.nested import Difference, Test, difference
from kamlab.sem.nesting import reproduction
from kamlab.sem.result import SemFit
from kamlab.sem.scaled import factor_at
from kamlab.sem.sentences import probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 2
SIGNIFICANT = 0.05
SAME_MOMENTS = 1e-4
"""Difference of correlations that the search for moments of incomplete rows may leave."""


@dataclass(frozen=True, repr=False, eq=False)
class NestedComparison(Result):
    """Nested models from the freest to the most restricted; made by `compare_nested`."""

    fits: Mapping[str, SemFit]
    what: Text

    @property
    def title(self) -> Text:
        """What is compared."""
        return self.what

    @property
    def notes(self) -> tuple[Text, ...]:
        """What the difference tests assume."""
        scaled = next(iter(self.fits.values())).options.scaled is not None
        return (say("sem.nested_note_scaled" if scaled else "sem.nested_note"),)

    def tidy(self) -> pd.DataFrame:
        """Return one row per model, the freest first, with what it loses against the one before.

        Returns
        -------
        DataFrame
            `term` (name of the model), `npar, df, chisq, aic, bic, cfi, rmsea` (with MLM and MLR
            chi-square is the plain one, CFI and RMSEA the scaled ones); `chisq_diff`,
            `df_diff`, `p_value`, `cfi_diff` and `rmsea_diff` against the row above. With MLM and
            MLR the difference is scaled (Satorra & Bentler 2001).
        """
        rows = [self._row(name, fit) for name, fit in self.fits.items()]
        for place, (free, restricted) in enumerate(pairwise(self.fits.values()), start=1):
            rows[place] |= self._loss(free, restricted)
            for name in ("cfi", "rmsea"):
                rows[place][f"{name}_diff"] = rows[place][name] - rows[place - 1][name]
        return pd.DataFrame(rows)

    @staticmethod
    def _row(name: str, fit: SemFit) -> dict[str, Any]:
        found = fit.measures
        shown = found.scaled if fit.options.scaled and found.scaled else found.plain
        return {
            "term": name,
            "npar": found.n_parameters,
            "df": shown.df,
            "chisq": found.plain.chisq,
            "aic": found.aic,
            "bic": found.bic,
            "cfi": shown.cfi,
            "rmsea": shown.rmsea.value,
            "chisq_diff": np.nan,
            "df_diff": np.nan,
            "p_value": np.nan,
            "cfi_diff": np.nan,
            "rmsea_diff": np.nan,
        }

    @staticmethod
    def _loss(free: SemFit, restricted: SemFit) -> dict[str, Any]:
        test = loss(free, restricted)
        return {"chisq_diff": test.chisq, "df_diff": test.df, "p_value": test.p_value}

    def glance(self) -> pd.DataFrame:
        """Return the most restricted model against the freest, in one row."""
        free, *_, restricted = self.fits.values()
        return pd.DataFrame([{"nobs": free.data.nobs, **self._loss(free, restricted)}])

    def augment(self) -> Never:
        """Raise `NotApplicable`: a comparison has no accounts of its own."""
        raise NotApplicable(say("sem.nested_no_accounts"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each model's CFI, the freest first, with the test of what it loses."""
        table = self.tidy()
        places = np.arange(len(table), dtype=float)
        with style.canvas(ax, height=1.6 + 0.6 * len(table)) as ax:
            ax.plot(table["cfi"], places, "o-", color=style.INK)
            for place, row in zip(places, table.to_dict("records"), strict=True):
                ax.annotate(
                    str(_beside(row)),
                    (row["cfi"], place),
                    (9, 0),
                    textcoords="offset points",
                    va="center",
                )
            ax.set_yticks(places, [str(name) for name in table["term"]])
            ax.set_ylim(len(table) - 0.5, -0.5)
            low = min(0.9, float(table["cfi"].min()) - 0.02)
            ax.set_xlim(low, 1 + 0.6 * (1 - low))
            ax.set_xticks([tick for tick in ax.get_xticks() if low <= tick <= 1])
            ax.set_xlabel(str(column("cfi").label))
            style.finish(ax, title=self.title, alt=self._alt(table))
        return ax

    def _alt(self, table: pd.DataFrame) -> Text:
        parts = [
            say("sem.nested_alt_row", name=row["term"], cfi=f"{row['cfi']:.3f}")
            for row in table.to_dict("records")
        ]
        return say("sem.nested_alt", models=join(parts))

    def report(self) -> str:
        """Say for each restriction whether the data speak against it."""
        rows = self.tidy().to_dict("records")
        sentences = [_judged(before, row) for before, row in pairwise(rows)]
        return str(paragraph([*sentences, *self.notes]))


def _judged(before: Mapping[Any, Any], row: Mapping[Any, Any]) -> Text:
    """Say whether the data speak against a model beside the one before."""
    return say(
        _verdict(row),
        restricted=row["term"],
        free=before["term"],
        chisq=f"{row['chisq_diff']:.2f}",
        df=int(row["df_diff"]),
        p=probability(row["p_value"]),
        cfi=f"{row['cfi_diff']:.3f}",
    )


def _verdict(row: Mapping[Any, Any]) -> str:
    if row["df_diff"] == 0:
        return "sem.nested_same"
    if np.isnan(row["p_value"]):
        return "sem.nested_no_test"
    return "sem.nested_worse" if row["p_value"] < SIGNIFICANT else "sem.nested_no_worse"


def _beside(row: Mapping[Any, Any]) -> Text:
    """Return what stands beside a model's mark."""
    cfi = f"{row['cfi']:.3f}"
    if np.isnan(row["p_value"]):
        return same(cfi)
    return say(
        "sem.nested_mark", cfi=cfi, change=f"{row['cfi_diff']:+.3f}", p=probability(row["p_value"])
    )


def loss(free: SemFit, restricted: SemFit) -> Difference:
    """Return the test that a restricted model fits as well as a free one, in which it is nested.

    Notes
    -----
    Scaled for MLM and MLR (Satorra & Bentler 2001). Where that scaling comes out negative, both
    models are scaled at the restricted estimates, with expected information, instead, which cannot
    be negative (the idea of Satorra & Bentler 2010).
    """
    tests = []
    for fit in (restricted, free):
        found = fit.measures.plain
        is_scaled = fit.options.scaled is not None and found.df > 0
        factor = fit.scaling.model if is_scaled and fit.scaling else 1.0
        tests.append(Test(found.chisq, found.df, factor))
    n_total, groups = free.estimate.n_total, len(free.group_labels)
    lost = difference(tests[0], tests[1], n_total=n_total, groups=groups)
    if lost.df == 0 or not np.isnan(lost.scaling):
        return lost
    at = reproduction(restricted, free)
    if at is None:
        return lost
    own = factor_at(restricted, restricted.estimate, information="expected")
    mixed = factor_at(free, at, information="expected")
    tests[0] = replace(tests[0], scaling=own)
    return difference(tests[0], tests[1], n_total=n_total, groups=groups, mixed_scaling=mixed)


def compare_nested(fits: Mapping[str, SemFit]) -> NestedComparison:
    """Test what restrictions cost, from the freest model to the most restricted.

    Parameters
    ----------
    fits : mapping of str to SemFit
        At least two models of the same variables in the same cases, each a special case of the
        one with fewer degrees of freedom; in any order.

    Returns
    -------
    NestedComparison

    Raises
    ------
    ArgumentError
        If there are fewer than two fits, other cases, variables or estimators, or models that are
        not nested.

    Notes
    -----
    Chi-square difference test; scaled for MLM and MLR (Satorra & Bentler 2001). Whether models
    are nested is found by fitting the freer one to the moments that the other implies: it must
    reproduce them (Bentler & Satorra 2010).

    Examples
    --------
    >>> sales = kl.load("bagozzi1980")
    >>> data = {"cov": sales.covariances, "nobs": sales.nobs}
    >>> free = kl.fit_sem("Sat =~ JS1 + JS2; TSE =~ SE1 + SE2", **data)
    >>> equal = kl.fit_sem("Sat =~ JS1 + JS2; TSE =~ SE1 + 1*SE2", **data)
    >>> kl.compare_nested({"free": free, "equal": equal}).glance()["df_diff"].tolist()
    [1]
    """
    if not isinstance(fits, Mapping) or len(fits) < FEWEST:
        raise ArgumentError(say("sem.nested_needs_fits"))
    if wrong := [same(name) for name, fit in fits.items() if not isinstance(fit, SemFit)]:
        raise ArgumentError(say("sem.nested_no_fit", names=join(wrong)))
    ordered = dict(sorted(fits.items(), key=lambda pair: pair[1].measures.plain.df))
    _need_comparable(ordered)
    return NestedComparison(ordered, say("sem.nested_title", names=join([*map(same, ordered)])))


def _need_comparable(fits: Mapping[str, SemFit]) -> None:
    for (freer, free), (name, restricted) in pairwise(fits.items()):
        words = {"free": freer, "restricted": name}
        if set(free.table.observed) != set(restricted.table.observed):
            raise ArgumentError(say("sem.nested_variables", **words))
        if free.options.estimator != restricted.options.estimator:
            raise ArgumentError(say("sem.nested_estimators", **words))
        if not _same_cases(free, restricted):
            raise ArgumentError(say("sem.nested_cases", **words))
        if reproduction(restricted, free) is None:
            raise ArgumentError(say("sem.nested_not", **words))


def _same_cases(free: SemFit, restricted: SemFit) -> bool:
    """Return whether two fits have the same groups, cases and sums of squares."""
    if free.group_labels != restricted.group_labels:
        return False
    names = free.table.observed
    order = [restricted.table.observed.index(name) for name in names]
    for one, other in zip(free.data.samples, restricted.data.samples, strict=True):
        if one.nobs != other.nobs:
            return False
        squares = one.cov * one.weight
        spread = np.sqrt(squares.diagonal())
        apart = squares - other.cov[np.ix_(order, order)] * other.weight
        if np.abs(apart / np.outer(spread, spread)).max() > SAME_MOMENTS:
            return False
    return True
