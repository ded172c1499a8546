"""A fitted model in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from kamlab.foundation.language import Text, join, same, say
from kamlab.sem.syntax.parameters import Parameter

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

NAMED_AT_MOST = 12


def note_on_errors(fit: SemFit) -> Text:
    """Return how standard errors and intervals were made."""
    options = fit.options
    if options.bootstrap:
        return say("sem.errors_bootstrap", draws=options.bootstrap)
    if options.se == "none":
        return say("sem.errors_none")
    if fit.data.clusters is not None:
        return say("sem.errors_clustered", count=len(np.unique(fit.data.clusters)))
    if options.robust_errors:
        return say("sem.errors_robust")
    if options.estimator == "ULS":
        return say("sem.errors_uls")
    return say(f"sem.errors_{options.used_information}")


def sentences(fit: SemFit) -> Iterator[Text]:
    """Yield how well the model fits and which paths differ from zero."""
    measures = fit.measures
    shown = measures.scaled if fit.options.scaled and measures.scaled else measures.plain
    cfi = measures.robust.cfi if measures.robust and np.isnan(shown.cfi) else shown.cfi
    if shown.df == 0:
        yield say("sem.report_saturated")
    elif np.isnan(shown.p_value):
        yield say("sem.report_no_test", chisq=f"{shown.chisq:.2f}", df=shown.df)
    else:
        yield say(
            "sem.report_test",
            chisq=f"{shown.chisq:.2f}",
            df=shown.df,
            p=probability(shown.p_value),
            cfi=f"{cfi:.3f}",
            rmsea=f"{shown.rmsea.value:.3f}",
            low=f"{shown.rmsea.low:.3f}",
            high=f"{shown.rmsea.high:.3f}",
            srmr=f"{measures.srmr:.3f}",
        )
    if fit.options.se != "none":
        yield from _paths(fit)


def probability(value: float) -> str:
    """Return a p-value as it stands behind the letter p."""
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _paths(fit: SemFit) -> Iterator[Text]:
    doubt, groups = fit.uncertainty, fit.group_labels
    clear: list[Text] = []
    open_ones: list[Text] = []
    for place, one in enumerate(fit.table.parameters):
        if one.op != "~" or not one.free:
            continue
        excludes_zero = doubt.low[place] > 0 or doubt.high[place] < 0
        value = fit.standardised.std_all[place]
        (clear if excludes_zero else open_ones).append(_path(one, value, groups))
    if clear:
        yield say("sem.report_clear", paths=_named(clear))
    if open_ones:
        yield say("sem.report_open", paths=_named(open_ones))


def _named(paths: list[Text]) -> Text:
    """Return the first paths by name and the others by number."""
    named = join(paths[:NAMED_AT_MOST])
    more = len(paths) - NAMED_AT_MOST
    return named + say("sem.report_more", more=more) if more > 0 else named


def _path(one: Parameter, value: float, groups: tuple[str, ...]) -> Text:
    words = same(f"{one.rhs} → {one.lhs}")
    if len(groups) > 1:
        words += same(f" [{groups[one.group - 1]}]")
    return words + same(f" {value:.2f}")
