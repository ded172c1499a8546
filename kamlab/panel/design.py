"""From a formula and a table to the arrays of a regression, saying what was left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from patsy import DesignInfo, NAAction, PatsyError, build_design_matrices, dmatrices
from scipy import stats

from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import ModelError, NotApplicable, warn_left_out
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.level import tails
from kamlab.panel.formula import ENVIRONMENT, columns_named, entangled_terms, plain_numbers
from kamlab.sem.caller import level_of_caller

ROWS_A_TERM = 2
KEEP_ALL = NAAction(NA_types=[])
"""Missing values are counted here; patsy would drop them without a word."""


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
        The rows of the table that are used.
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
    def cluster(self) -> dict[str, object]:
        """What statsmodels wants to be told for errors clustered by account."""
        return {"cov_type": "cluster", "cov_kwds": {"groups": pd.factorize(self.groups)[0]}}

    def reach(self, conf_level: float) -> float:
        """Return how many standard errors an interval reaches to either side.

        Student's t with one degree of freedom less than there are accounts.
        """
        return float(stats.t.ppf(tails(conf_level)[1], self.groups.nunique() - 1))

    def p_value(self, statistic: ArrayLike) -> NDArray[np.float64]:
        """Return two-sided p-values, from the same distribution as the intervals."""
        return np.asarray(2 * stats.t.sf(np.abs(statistic), self.groups.nunique() - 1))

    @property
    def n_left_out(self) -> int:
        """How many rows were left out in all."""
        return sum(count for _, count in self.left_out)

    @property
    def note(self) -> Text:
        """What was left out, in words."""
        if not self.left_out:
            return say("panel.none_left_out")
        return join([say("panel.left_out", reason=why, count=n) for why, n in self.left_out])

    @property
    def entangled(self) -> list[str]:
        """The terms that cannot change alone: they share a column with another."""
        return entangled_terms(self.info)

    def predictable(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows for which every term is a number, their categories seen before."""
        complete = rows.dropna(subset=list(self.predictors))
        known = complete[self._unseen(complete).isna().all(axis=1)]
        finite = np.isfinite(self.terms_of(known).to_numpy()).all(axis=1)
        return known[np.asarray(finite)]

    def _plain(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return rows as patsy understands them, with the categories that were fitted."""
        plain = plain_numbers(rows, self.predictors)
        fitted = _with_categories_seen(self.used, list(self.predictors))
        levels = {
            name: plain[name].astype(fitted[name].dtype)
            for name in self.predictors
            if isinstance(fitted[name].dtype, pd.CategoricalDtype)
        }
        return plain.assign(**levels)

    def _unseen(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return where a category is one that the regression was not fitted on, by factor."""
        plain, found = plain_numbers(rows, self.predictors), {}
        for factor, known in self.info.factor_infos.items():
            if known.type == "categorical":
                values = factor.eval(known.state, plain)
                # C(...) gives a box round its values.
                values = values.data if hasattr(values, "contrast") else values
                values = pd.Series(np.asarray(values, dtype=object), index=rows.index)
                found[factor.name()] = values.mask(values.isin(list(known.categories)))
        return pd.DataFrame(found, index=rows.index)

    def terms_of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the same terms for other rows, such as a changed copy of some.

        Raises
        ------
        ModelError
            If a predictor is missing, or of a category that the regression has not seen.
        """
        need_columns(rows, of=say("panel.purpose"))
        gaps = [name for name in self.predictors if name not in rows or rows[name].isna().any()]
        if gaps:
            raise ModelError(say("panel.missing_predictors", names=join([same(n) for n in gaps])))
        if (unseen := self._unseen(rows)).notna().any(axis=None):
            named = dict.fromkeys(str(one) for one in unseen.to_numpy().ravel() if pd.notna(one))
            names, count = join([same(one) for one in named]), unseen.notna().any(axis=1).sum()
            raise ModelError(say("panel.unseen", formula=self.formula, count=count, names=names))
        plain = self._plain(rows)
        try:
            with np.errstate(divide="ignore", invalid="ignore"):
                (matrix,) = build_design_matrices([self.info], plain, KEEP_ALL)
        except PatsyError as error:
            reason = error.message
            if isinstance(error.__cause__, NotImplementedError):  # patsy's bs(), beyond its knots
                raise ModelError(say("panel.beyond_spline", formula=self.formula)) from error
            raise ModelError(
                say("panel.bad_formula", formula=self.formula, reason=reason)
            ) from error
        # An intercept alone names no column, and patsy then cannot tell how many rows there are.
        values = np.broadcast_to(np.asarray(matrix), (len(rows), len(self.info.column_names)))
        return pd.DataFrame(values, index=rows.index, columns=self.info.column_names)


def build_design(formula: str, rows: pd.DataFrame, *, outcome_range: Text | None = None) -> Design:
    """Evaluate a formula on a table.

    Parameters
    ----------
    formula : str
        In the syntax of patsy, such as `"stayed ~ trust + tenure"`.
    rows : DataFrame
        The rows that the analysis may use, with `account_id`.
    outcome_range : Text, optional
        What to say of rows whose outcome is not a finite number.

    Returns
    -------
    Design

    Raises
    ------
    ModelError
        If the formula cannot be read or names a column that the table does not have, or if its
        terms cannot be told apart.
    NotApplicable
        If too few rows are left, or there are no more accounts than terms.

    Warns
    -----
    RowsLeftOutWarning
        If rows have missing or impossible values; the message counts them by reason.
    """
    rows = rows.reset_index(drop=True)
    left, right = columns_named(formula, rows)
    table = plain_numbers(rows, [*left, *right], outcome=left)
    complete = table[[*left, *right]].notna().all(axis=1)
    outcome, terms = _evaluate(formula, _with_categories_seen(table[complete], right))
    possible_outcome = np.isfinite(outcome)
    possible_terms = np.isfinite(terms).all(axis=1)
    possible = possible_outcome & possible_terms
    reasons = (
        (_missing_words(table, [*left, *right]), ~complete),
        (outcome_range or say("panel.not_finite"), ~possible_outcome),
        (say("panel.not_finite"), possible_outcome & ~possible_terms),
    )
    design = Design(
        formula=formula,
        outcome=outcome[possible].reset_index(drop=True),
        terms=terms[possible].reset_index(drop=True),
        used=rows.loc[outcome.index[possible]].reset_index(drop=True),
        left_out=tuple((why, int(where.sum())) for why, where in reasons if where.any()),
        predictors=tuple(right),
        info=terms.design_info,
    )
    if design.n_left_out:
        level = level_of_caller()
        warn_left_out(design.n_left_out, len(rows), design.note, stacklevel=level)
    _check(design)
    return design


def _evaluate(formula: str, table: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            left, right = dmatrices(formula, table, ENVIRONMENT, KEEP_ALL, "dataframe")
    except (PatsyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(say("panel.bad_formula", formula=formula, reason=error)) from error
    if left.shape[1] != 1:
        raise ModelError(say("panel.outcome_not_numeric", formula=formula))
    if not right.shape[1]:
        raise ModelError(say("panel.no_terms", formula=formula))
    return left.iloc[:, 0], right


def _with_categories_seen(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return a table whose categories all occur: one that does not would be a term of zeros."""
    categories = [n for n in names if isinstance(table[n].dtype, pd.CategoricalDtype)]
    return table.assign(**{n: table[n].cat.remove_unused_categories() for n in categories})


def _missing_words(table: pd.DataFrame, columns: list[str]) -> Text:
    gaps = table[columns].isna().sum()
    named = [same(f"{name} ({count})") for name, count in gaps.items() if count]
    return say("panel.missing_values", columns=join(named))


def _check(design: Design) -> None:
    fewest = ROWS_A_TERM * design.terms.shape[1]
    if len(design.outcome) < fewest:
        raise NotApplicable(say("panel.too_few", count=len(design.outcome), fewest=fewest))
    n_accounts, n_terms = design.groups.nunique(), design.terms.shape[1]
    if n_accounts <= n_terms:
        raise NotApplicable(say("panel.few_accounts", count=n_accounts, terms=n_terms))
    if not told_apart(design.terms.to_numpy()):
        raise ModelError(say("panel.collinear", formula=design.formula))


def told_apart(terms: NDArray[np.float64]) -> bool:
    """Return whether no term is a sum of others, in whatever units they come."""
    size = np.sqrt((terms**2).sum(axis=0))
    return bool(size.all() and np.linalg.matrix_rank(terms / size) == terms.shape[1])
