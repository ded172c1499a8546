"""Which parts the variables of a model play, in lavaan's order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kamlab.sem.syntax.entries import Entry, Variables


def variables_of(entries: list[Entry]) -> Variables:
    """Sort the variables by the parts that the formulas give them.

    Observed variables come as in lavaan: indicators, outcomes, covariates, then those that only
    (co)variances and means name. A covariate whose variance, covariance or mean is named is a
    variable like others: it is not fixed.
    """
    latent = _unique(e.lhs for e in entries if e.op == "=~")
    indicators = _unique(e.rhs for e in entries if e.op == "=~")
    explained = _unique(e.lhs for e in entries if e.op == "~")
    explaining = _unique(e.rhs for e in entries if e.op == "~")
    measured = [name for name in indicators if name not in latent]
    observed = dict.fromkeys(measured)
    observed.update(dict.fromkeys(name for name in explained if name not in latent))
    covariates = [name for name in explaining if name not in latent and name not in observed]
    observed.update(dict.fromkeys(covariates))
    named = _named(entries)
    observed.update(dict.fromkeys(name for name in named if name not in latent))
    ends = [name for name in explained if name not in indicators and name not in explaining]
    return Variables(
        observed=tuple(observed),
        latent=tuple(latent),
        covariates=tuple(name for name in covariates if name not in named),
        freed_covariates=tuple(name for name in covariates if name in named),
        exogenous_latent=tuple(
            name for name in latent if name not in indicators and name not in explained
        ),
        outcomes=tuple(
            [name for name in latent if name in ends] + [name for name in observed if name in ends]
        ),
    )


def ordered(entries: list[Entry]) -> list[Entry]:
    """Return the entries with the variables of each covariance in order, latent ones first."""
    variables = variables_of(entries)
    places = {name: k for k, name in enumerate(variables.latent + variables.observed)}
    return [
        replace(e, lhs=e.rhs, rhs=e.lhs) if e.op == "~~" and places[e.lhs] > places[e.rhs] else e
        for e in entries
    ]


def _unique(names: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(names)


def _named(entries: list[Entry]) -> dict[str, None]:
    """Return the variables whose variance, covariance or mean is named, in lavaan's order."""
    covariances = [e for e in entries if e.op == "~~"]
    first = [e.lhs for e in covariances] + [e.rhs for e in covariances]
    return _unique(first + [e.lhs for e in entries if e.op == "~1"])
