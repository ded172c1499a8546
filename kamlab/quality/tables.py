"""Tables of items, of validity and of common method, from arrays and fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.tables import ITEM_RANGE
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import say
from kamlab.quality.answers import LastWave
from kamlab.quality.common_method import first_component_share, method_correlation, without_method
from kamlab.quality.confirmatory import Items, factor_correlations, loadings_of
from kamlab.quality.items import item_statistics
from kamlab.quality.reliability import (
    average_variance_extracted,
    composite_reliability,
    omega_total,
)
from kamlab.quality.scores import respondent_scores
from kamlab.quality.validity import bootstrap_htmt, distinct_by_variance
from kamlab.sem.compare_nested import loss

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

Floats = NDArray[np.float64]

FIT = {
    "chisq": "chisq_scaled",
    "df": "df",
    "p_value": "p_value_scaled",
    "cfi": "cfi_robust",
    "rmsea": "rmsea_robust",
    "srmr": "srmr",
}
"""What is told of the fit of a factor analysis, and the column of `glance()` that has it."""

MODEL_BASED = ("omega", "composite_reliability", "average_variance_extracted")

FEWEST_FOR_MARKER = 3
"""The test of an adjusted correlation has three degrees of freedom less than rows."""

SAME_FIT = 1e-3
"""Models that imply the same matrices differ in χ² by less; what is left is the optimiser's."""


def item_table(survey: pd.DataFrame, items: Items, parameters: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row per item: its distribution, how it goes with its scale, its loading.

    Parameters
    ----------
    survey : DataFrame
    items : mapping of str to sequence of str
    parameters : DataFrame or None
        `tidy()` of the factor analysis, here and below; None where there is none.
    """
    low, high = ITEM_RANGE
    parts = []
    for name, own in items.items():
        answers = survey[list(own)].to_numpy(dtype=float)
        found = asdict(item_statistics(answers, lowest=low, highest=high))
        loading = np.nan if parameters is None else loadings_of(parameters, name).standard
        parts.append(pd.DataFrame({"construct": name, "item": own, **found, "loading": loading}))
    return pd.concat(parts, ignore_index=True)


def model_based_table(parameters: pd.DataFrame | None, constructs: Sequence[str]) -> pd.DataFrame:
    """Return omega, composite reliability and variance extracted, one row per construct."""
    if parameters is None:
        return pd.DataFrame(np.nan, index=range(len(constructs)), columns=list(MODEL_BASED))
    rows = []
    for name in constructs:
        own = loadings_of(parameters, name)
        rows.append(
            (
                omega_total(own.raw, own.error_variances, own.factor_variance),
                composite_reliability(own.standard),
                average_variance_extracted(own.standard),
            )
        )
    return pd.DataFrame(rows, columns=list(MODEL_BASED))


def _pairs(constructs: Sequence[str]) -> Iterator[tuple[dict[str, str], tuple[int, int]]]:
    if len(constructs) < 2:
        raise NotApplicable(say("quality.one_construct"))
    for i, j in combinations(range(len(constructs)), 2):
        yield {"construct": constructs[i], "other_construct": constructs[j]}, (i, j)


def fornell_larcker_table(parameters: pd.DataFrame, constructs: Sequence[str]) -> pd.DataFrame:
    """Return one row per pair: factor correlation, its square, variances extracted, verdict."""
    extracted = model_based_table(parameters, constructs)["average_variance_extracted"].to_numpy()
    correlations = factor_correlations(parameters, constructs)
    distinct = distinct_by_variance(extracted, correlations)
    return pd.DataFrame(
        [
            {
                **names,
                "factor_correlation": correlations[pair],
                "shared_variance": correlations[pair] ** 2,
                "smaller_variance_extracted": extracted[list(pair)].min(),
                "distinct": bool(distinct[pair]),
            }
            for names, pair in _pairs(constructs)
        ]
    )


def htmt_table(wave: LastWave, draws: int, seed: int, conf_level: float) -> pd.DataFrame:
    """Return one row per pair: HTMT with its interval from redrawn accounts."""
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 0:
        raise ArgumentError(say("quality.bad_draws", draws=draws))
    pairs = list(_pairs(list(wave.items)))
    wave.correlations()
    found = bootstrap_htmt(
        wave.complete[wave.all_items],
        wave.construct_numbers,
        wave.complete["account_id"],
        draws=int(draws),
        rng=np.random.default_rng(seed),
        conf_level=conf_level,
    )
    return pd.DataFrame(
        [
            {
                **names,
                "htmt": found.ratio[pair],
                "conf_low": found.conf_low[pair],
                "conf_high": found.conf_high[pair],
                "n_draws": found.n_draws[pair],
            }
            for names, pair in pairs
        ]
    )


def fit_row(fit: SemFit | None) -> dict[str, float]:
    """Return what is told of a model's fit; all missing without a model."""
    if fit is None:
        return dict.fromkeys(FIT, np.nan)
    whole = fit.glance().iloc[0]
    return {name: whole[scaled] for name, scaled in FIT.items()}


def structure_table(fits: Mapping[str, SemFit], level: float) -> pd.DataFrame:
    """Return one row per model of the same items, each set against the first.

    Parameters
    ----------
    fits : mapping of str to SemFit
        The constructs as correlated factors first; the others are nested in it.
    level : float
        Below this p value a model fits worse.
    """
    rows: list[dict[str, Any]] = []
    for name, fit in fits.items():
        row = {"structure": name, **fit_row(fit), **fit.glance().iloc[0][["aic", "bic"]]}
        rows.append(row | _against(fit, next(iter(fits.values())), level))
    return pd.DataFrame(rows)


def _against(fit: SemFit, first: SemFit, level: float) -> dict[str, object]:
    if fit is first:
        return _difference(np.nan, np.nan, np.nan, "reference")
    lost = loss(first, fit)
    if lost.df > 0 and np.isnan(lost.p_value):
        return _difference(lost.chisq, lost.df, np.nan, None)
    if lost.df == 0:
        verdict = "equivalent" if lost.chisq < SAME_FIT else "worse"
        return _difference(lost.chisq, 0, np.nan, verdict)
    return _difference(
        lost.chisq, lost.df, lost.p_value, "worse" if lost.p_value < level else "not_worse"
    )


def _difference(chisq: float, df: float, p_value: float, verdict: str | None) -> dict[str, object]:
    return {
        "chisq_diff": chisq,
        "df_diff": df,
        "p_difference": p_value,
        "structure_verdict": verdict,
    }


def common_method_table(wave: LastWave, structures: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row: the first component's share, and one factor against the constructs.

    Parameters
    ----------
    wave : LastWave
    structures : DataFrame or None
        From `structure_table`, with a row `one_factor`.
    """
    row: dict[str, object] = {
        "nobs": len(wave.complete),
        "n_items": len(wave.all_items),
        "first_component_share": first_component_share(wave.correlations()),
    }
    if structures is None:
        missing = fit_row(None) | _difference(np.nan, np.nan, np.nan, None)
        return pd.DataFrame([row | missing])
    one = structures.set_index("structure").loc["one_factor"].drop(["aic", "bic"])
    return pd.DataFrame([row | one.to_dict()])


def marker_table(wave: LastWave, marker: str) -> pd.DataFrame:
    """Return one row per pair: correlation of scores, with the marker's part, and without it.

    Raises
    ------
    ArgumentError
        If the marker is one of the constructs measured, or none of kamlab's.
    NotApplicable
        If the survey lacks the marker's items, or there is one construct only.
    """
    constructs = list(wave.items)
    if marker in constructs:
        raise ArgumentError(say("quality.marker_measured", marker=marker))
    scores = respondent_scores(wave.survey, [*constructs, marker])
    complete = scores[[*constructs, marker]].dropna()
    if len(complete) <= FEWEST_FOR_MARKER:
        raise NotApplicable(
            say("quality.too_few_complete", count=len(complete), fewest=FEWEST_FOR_MARKER + 1)
        )
    matrix = complete.corr().to_numpy()
    method = method_correlation(matrix[-1, :-1])
    adjusted, p_values = without_method(matrix, method, len(complete))
    return pd.DataFrame(
        [
            {
                **names,
                "nobs": len(complete),
                "score_correlation": matrix[pair],
                "marker_correlation": method,
                "adjusted_correlation": adjusted[pair],
                "p_value": p_values[pair],
            }
            for names, pair in _pairs(constructs)
        ]
    )
