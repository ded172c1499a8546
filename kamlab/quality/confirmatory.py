"""Confirmatory factor analysis of the constructs: the one place where `quality` fits a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.sem.alarms import alarms
from kamlab.sem.fit import fit_sem

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

Floats = NDArray[np.float64]
Items = Mapping[str, Sequence[str]]
"""The items of each construct."""

OVERALL = "relationship_quality"
"""Name of the factor above, or in place of, the constructs."""

FEWEST_BELOW = 3
"""Fewer first-order factors do not identify one above them."""


@dataclass(frozen=True, slots=True, eq=False)
class Loadings:
    """What a factor analysis says of one construct's items.

    Attributes
    ----------
    raw, error_variances, standard : ndarray, shape (k,)
        Loadings in points, variances of the errors, standardised loadings.
    factor_variance : float
    """

    raw: Floats
    error_variances: Floats
    standard: Floats
    factor_variance: float


def constructs_text(items: Items) -> str:
    """Return the model in which every construct is a factor and all of them correlate."""
    return "\n".join(f"{name} =~ {' + '.join(own)}" for name, own in items.items())


def second_order_text(items: Items) -> str:
    """Return the model in which one factor stands above the constructs.

    Raises
    ------
    NotApplicable
        With fewer than three constructs, which do not identify it.
    """
    if len(items) < FEWEST_BELOW:
        raise NotApplicable(say("quality.too_few_below", fewest=FEWEST_BELOW, count=len(items)))
    return f"{constructs_text(items)}\n{OVERALL} =~ {' + '.join(items)}"


def one_factor_text(items: Items) -> str:
    """Return the model in which one factor stands behind all items."""
    return constructs_text({OVERALL: [item for own in items.values() for item in own]})


def fit_factors(
    text: str, answers: pd.DataFrame, conf_level: float, *, unit_variances: bool = True
) -> SemFit:
    """Fit a measurement model to complete answers by maximum likelihood.

    Errors and tests allow for answers that are not normal and for respondents of one account who
    are alike.

    Parameters
    ----------
    text : str
        From one of the functions above.
    answers : DataFrame
        One row a respondent, without gaps, with `account_id`.
    conf_level : float
        Level of the intervals.
    unit_variances : bool, default True
        Factors get their scale by a variance of 1, or else by the loading of their first item.
        Not for a second-order model: it would forbid the negative disturbance by which that
        model matches every set of three correlations.
    """
    return fit_sem(
        text,
        answers,
        estimator="MLR",
        cluster="account_id",
        std_lv=unit_variances,
        conf_level=conf_level,
    )


def doubts_of(fit: SemFit) -> tuple[Text, ...]:
    """Return what is wrong with a fit, such as a negative variance; empty if nothing is."""
    return tuple(alarms(fit))


def loadings_of(table: pd.DataFrame, construct: str) -> Loadings:
    """Return the loadings of one construct's items, in the order of the model.

    Parameters
    ----------
    table : DataFrame
        `tidy()` of a fit.
    construct : str
    """
    own = table[(table["op"] == "=~") & (table["lhs"] == construct)]
    variances = table[(table["op"] == "~~") & (table["lhs"] == table["rhs"])]
    variance = dict(zip(variances["lhs"], variances["estimate"], strict=True))
    return Loadings(
        raw=own["estimate"].to_numpy(dtype=float),
        error_variances=np.array([variance[item] for item in own["rhs"]]),
        standard=own["std_all"].to_numpy(dtype=float),
        factor_variance=variance[construct],
    )


def factor_correlations(table: pd.DataFrame, constructs: Sequence[str]) -> Floats:
    """Return the correlations of factors, shape (c, c).

    Parameters
    ----------
    table : DataFrame
        `tidy()` of a fit.
    constructs : sequence of str
        In the order wanted.
    """
    place = {name: number for number, name in enumerate(constructs)}
    matrix = np.eye(len(place))
    for row in table[table["op"] == "~~"].to_dict("records"):
        if row["lhs"] in place and row["rhs"] in place and row["lhs"] != row["rhs"]:
            i, j = place[row["lhs"]], place[row["rhs"]]
            matrix[i, j] = matrix[j, i] = row["std_all"]
    return matrix
