"""Models beside each other on the same data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kamlab.accounts.tables import constructs
from kamlab.foundation.columns import with_labels
from kamlab.sem.alarms import alarms
from kamlab.sem.result import SemFit
from kamlab.theory.kmv import OUTCOMES

MEASURES = ("nobs", "npar", "df", "chisq", "p_value", "cfi", "tli", "pnfi", "rmsea", "srmr")
CRITERIA = ("aic", "bic")


def comparison_table(fits: Mapping[str, SemFit], conf_level: float) -> pd.DataFrame:
    """Return one row per model: how it fits, what it costs and what it explains.

    Parameters
    ----------
    fits : mapping of str to SemFit
        By the models' names; of the same cases and variables.
    conf_level : float
        A path is significant where its p-value is below `1 - conf_level`.
    """
    rows = []
    for name, fit in fits.items():
        glance = fit.glance().iloc[0]
        shares = explained(fit, OUTCOMES)
        rows.append(
            {
                "model": name,
                **{measure: glance[measure] for measure in (*MEASURES, *CRITERIA)},
                "proper": not alarms(fit),
                "significant_share": significant_share(fit, 1 - conf_level),
                "r_squared_mean": float(np.mean(list(shares.values()))),
                **{f"r_squared_{outcome}": share for outcome, share in shares.items()},
            }
        )
    words = {construct.name: construct.label for construct in constructs()}
    labels = {f"r_squared_{outcome}": words[outcome] for outcome in OUTCOMES}
    return with_labels(pd.DataFrame(rows), labels)


def explained(fit: SemFit, names: Sequence[str]) -> dict[str, float]:
    """Return the share of each variable's implied variance that its causes explain."""
    shares = fit.r_squared().set_index("outcome")["r_squared"]
    return {name: float(shares[name]) for name in names}


def significant_share(fit: SemFit, level: float) -> float:
    """Return the share of a model's paths with a p-value below some level."""
    tidy = fit.tidy()
    return float((tidy.loc[tidy["op"] == "~", "p_value"] < level).mean())
