"""Which method tests what: from a hypothesis and a company's tables to the evidence."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from kamlab.foundation.errors import KamlabWarning, NotApplicable, RowsLeftOutWarning
from kamlab.foundation.language import Text, same, say
from kamlab.hypotheses.evidence import Evidence
from kamlab.hypotheses.hypothesis import Hypothesis, Method
from kamlab.hypotheses.methods import correlation, forecast, linear, retention, sem, value
from kamlab.hypotheses.tables import Tables

METHODS: Mapping[Method, Callable[..., Evidence]] = MappingProxyType(
    {
        "retention": retention.evidence,
        "value": value.evidence,
        "linear": linear.evidence,
        "correlation": correlation.evidence,
        "forecast": forecast.evidence,
        "sem": sem.evidence,
    }
)


def evidence(hypothesis: Hypothesis, tables: Tables, *, seed: int = 0) -> Evidence:
    """Return what a company's tables say of one hypothesis.

    Warnings of kamlab's own are not given: the evidence counts rows that are left out, and keeps
    the rest as alarms.

    Parameters
    ----------
    hypothesis : Hypothesis
    tables : Tables
    seed : int, default 0
        For redrawn accounts.

    Returns
    -------
    Evidence

    Raises
    ------
    NotApplicable
        If it is not measurable, tables, columns or enough cases are missing, or there is no
        finite estimate.
    ModelError
        If the formula or the model does not fit the tables.
    """
    if hypothesis.not_measurable is not None:
        raise NotApplicable(hypothesis.not_measurable)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", KamlabWarning)
        found = METHODS[hypothesis.method](hypothesis, tables, seed=seed)
    if not (math.isfinite(found.estimate) and math.isfinite(found.std_error)):
        raise NotApplicable(say("hypotheses.no_estimate", effect=found.effect))
    return replace(found, alarms=tuple(_alarms(caught)))


def _alarms(caught: Iterable[warnings.WarningMessage]) -> Iterator[Text]:
    """Give what kamlab warned of, but for rows left out; pass on what others warned of."""
    for one in caught:
        if not issubclass(one.category, KamlabWarning):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        elif not issubclass(one.category, RowsLeftOutWarning):
            yield same(one.message)
