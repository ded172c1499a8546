"""From a formula and a table to the arrays of a regression, saying what was left out."""

from __future__ import annotations

import ast
import difflib
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from patsy import (
    DesignInfo,
    EvalEnvironment,
    ModelDesc,
    NAAction,
    PatsyError,
    Term,
    build_design_matrices,
    dmatrices,
)
from patsy.builtins import __all__ as PATSY_FUNCTIONS

from kamlab.foundation.errors import ModelError, NotApplicable, RowsLeftOutWarning
from kamlab.foundation.language import Text, join, same, say

FUNCTIONS = {"log": np.log, "log10": np.log10, "exp": np.exp, "sqrt": np.sqrt, "np": np}
"""What a formula may use beside the table's columns."""

ROWS_A_TERM = 2


@dataclass(frozen=True, eq=False)
class Design:
    """The arrays of a regression.

    Attributes
    ----------
    formula : str
    outcome : Series, shape (rows,)
    terms : DataFrame, shape (rows, terms)
        The intercept included.
    used : DataFrame, shape (rows, columns)
        The rows of the table that are used, with the same index.
    left_out : tuple of (Text, int)
        Reasons and numbers of rows left out.
    predictors : tuple of str
        The table's columns that the right side names.
    info : DesignInfo
        What patsy remembers of the terms.
    """

    formula: str
    outcome: pd.Series
    terms: pd.DataFrame
    used: pd.DataFrame
    left_out: tuple[tuple[Text, int], ...]
    predictors: tuple[str, ...]
    info: DesignInfo

    @property
    def groups(self) -> pd.Series:
        """The account of every row, for errors clustered by account."""
        return self.used["account_id"]

    @property
    def n_left_out(self) -> int:
        """How many rows were left out in all."""
        return sum(count for _, count in self.left_out)

    @property
    def note(self) -> Text:
        """What was left out, in words."""
        if not self.left_out:
            return say("panel.none_left_out")
        reasons = [say("panel.left_out", reason=why, count=n) for why, n in self.left_out]
        return join(reasons)

    def predictable(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows in which every predictor is known."""
        return rows.dropna(subset=list(self.predictors))

    def terms_of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the same terms for other rows, such as a changed copy of some.

        Parameters
        ----------
        rows : DataFrame
            With every column that the formula's right side names, nothing missing.
        """
        plain = _plain_numbers(rows, list(self.predictors))
        (matrix,) = build_design_matrices([self.info], plain, return_type="dataframe")
        return pd.DataFrame(matrix).set_index(rows.index)


def build_design(formula: str, rows: pd.DataFrame, *, outcome_range: Text | None = None) -> Design:
    """Evaluate a formula on a table.

    Parameters
    ----------
    formula : str
        In the syntax of patsy, such as `"stayed ~ trust + tenure"`.
    rows : DataFrame
        The rows that the analysis may use, with `account_id`.
    outcome_range : Text, optional
        What the outcome must be to be used, in words, for rows whose outcome is not finite.

    Returns
    -------
    Design

    Raises
    ------
    ModelError
        If the formula cannot be read or names a column that the table does not have.
    NotApplicable
        If too few rows are left.

    Warns
    -----
    RowsLeftOutWarning
        If rows have missing or impossible values; the message counts them by reason.
    """
    left, right = _columns_named(formula, rows)
    columns = [*left, *right]
    table = _plain_numbers(rows, columns)
    complete = table[columns].notna().all(axis=1)
    outcome, terms = _evaluate(formula, table[complete])
    possible = np.isfinite(outcome) & np.isfinite(terms).all(axis=1)
    reasons = (
        (_missing_words(table, columns), int((~complete).sum())),
        (outcome_range or say("panel.not_finite"), int((~possible).sum())),
    )
    design = Design(
        formula=formula,
        outcome=outcome[possible],
        terms=terms[possible],
        used=rows.loc[outcome.index[possible]],
        left_out=tuple((why, count) for why, count in reasons if count),
        predictors=tuple(right),
        info=terms.design_info,
    )
    if design.n_left_out:
        message = say(
            "foundation.rows_left_out",
            count=design.n_left_out,
            total=len(rows),
            reason=design.note,
        )
        warnings.warn(str(message), RowsLeftOutWarning, stacklevel=3)
    fewest = ROWS_A_TERM * terms.shape[1]
    if len(design.outcome) < fewest:
        raise NotApplicable(say("panel.too_few", count=len(design.outcome), fewest=fewest))
    return design


def _columns_named(formula: str, rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the columns that the left and the right side name."""
    try:
        described = ModelDesc.from_formula(formula)
        sides = [_names(terms) for terms in (described.lhs_termlist, described.rhs_termlist)]
    except (PatsyError, SyntaxError) as error:
        raise ModelError(say("panel.bad_formula", formula=formula, reason=error)) from error
    if not described.lhs_termlist:
        raise ModelError(say("panel.no_outcome", formula=formula))
    usable = set(rows.columns) | set(FUNCTIONS) | set(PATSY_FUNCTIONS)
    if unknown := sorted({name for names, _ in sides for name in names} - usable):
        nearest = join([_with_nearest(name, rows) for name in unknown])
        raise ModelError(say("panel.unknown_columns", formula=formula, unknown=nearest))
    left, right = ([c for c in rows.columns if c in names | quoted] for names, quoted in sides)
    return left, right


def _names(terms: list[Term]) -> tuple[set[str], set[object]]:
    """Return the names in some terms, and the strings, which `Q("...")` makes names."""
    codes = {factor.code for term in terms for factor in term.factors}
    nodes = [node for code in codes for node in ast.walk(ast.parse(code, mode="eval"))]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names, {node.value for node in nodes if isinstance(node, ast.Constant)}


def _with_nearest(name: str, rows: pd.DataFrame) -> Text:
    nearest = difflib.get_close_matches(name, [str(column) for column in rows.columns], n=1)
    if nearest:
        return say("panel.unknown_with_nearest", name=name, nearest=nearest[0])
    return same(name)


def _plain_numbers(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Turn nullable booleans and integers into floats, which patsy understands."""
    nullable = [
        name
        for name in columns
        if pd.api.types.is_extension_array_dtype(rows[name].dtype)
        and pd.api.types.is_numeric_dtype(rows[name].dtype)
    ]
    return rows.astype(dict.fromkeys(nullable, "float64"))


def _evaluate(formula: str, table: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    environment = EvalEnvironment([FUNCTIONS])
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            left, right = dmatrices(
                formula, table, environment, NAAction(NA_types=[]), return_type="dataframe"
            )
    except (PatsyError, TypeError, ValueError) as error:
        raise ModelError(say("panel.bad_formula", formula=formula, reason=error)) from error
    if left.shape[1] != 1:
        raise ModelError(say("panel.outcome_not_numeric", formula=formula))
    return left.iloc[:, 0], right


def _missing_words(table: pd.DataFrame, columns: list[str]) -> Text:
    gaps = table[columns].isna().sum()
    named = [same(f"{name} ({count})") for name, count in gaps.items() if count]
    return say("panel.missing_values", columns=join(named))
