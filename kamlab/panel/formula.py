"""Reading a formula: which columns it names, and what is wrong with it."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from patsy import DesignInfo, EvalEnvironment, ModelDesc, PatsyError, Term
from patsy.builtins import __all__ as PATSY_FUNCTIONS

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import Text, join, same, say
from kamlab.panel.analysis_table import OF_THE_PERIOD

FUNCTIONS = {"log": np.log, "log10": np.log10, "exp": np.exp, "sqrt": np.sqrt, "np": np}
"""What a formula may use beside the table's columns."""

_UFUNCS = {name: member for name, member in vars(np).items() if isinstance(member, np.ufunc)}
ROW_BY_ROW = frozenset(name for name, ufunc in _UFUNCS.items() if ufunc.signature is None)
ROW_BY_ROW |= {"clip", "e", "inf", "nan", "pi", "where"}
"""What a formula may use of NumPy: neither other rows nor files and addresses come in by these."""

ENVIRONMENT = EvalEnvironment([FUNCTIONS])


def columns_named(formula: str, rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the columns of a table that the left and the right side of a formula name.

    Raises
    ------
    ModelError
        If the formula cannot be read, has no outcome, names what the table does not have,
        explains with what the period itself brings, or calls methods of columns.
    """
    if not isinstance(formula, str):
        raise ArgumentError(say("panel.formula_type", got=type(formula).__name__))
    if "~" not in formula:
        raise ModelError(say("panel.formula_tilde", formula=formula))
    try:
        described = ModelDesc.from_formula(formula)
        sides = [_names(terms) for terms in (described.lhs_termlist, described.rhs_termlist)]
    except (PatsyError, SyntaxError) as error:
        raise ModelError(say("panel.bad_formula", formula=formula, reason=error)) from error
    if not described.lhs_termlist:
        raise ModelError(say("panel.no_outcome", formula=formula))
    if methods := sorted(_methods([*described.lhs_termlist, *described.rhs_termlist])):
        names = join([same(name) for name in methods])
        raise ModelError(say("panel.methods", formula=formula, names=names))
    usable = set(rows.columns) | set(FUNCTIONS) | set(PATSY_FUNCTIONS)
    if unknown := sorted(set.union(*sides) - usable):
        nearest = join([_with_nearest(name, rows) for name in unknown])
        raise ModelError(say("panel.unknown_columns", formula=formula, unknown=nearest))
    left, right = ([c for c in rows.columns if c in names] for names in sides)
    if late := [name for name in right if name in OF_THE_PERIOD]:
        raise ModelError(say("panel.leak", formula=formula, names=join([same(n) for n in late])))
    return left, right


def entangled_terms(info: DesignInfo) -> list[str]:
    """Return the terms of a design that share a column with another term.

    One such term cannot change alone: `trust` moves `trust:tenure` and `I(trust ** 2)` too, and
    the columns of `bs(tenure, 3)` move together.
    """
    columns = {term: _names([term]) - set(FUNCTIONS) - set(PATSY_FUNCTIONS) for term in info.terms}
    shared = [
        term
        for term, own in columns.items()
        if any(own & others for other, others in columns.items() if other is not term)
        or any((info.factor_infos[factor].num_columns or 1) > 1 for factor in term.factors)
    ]
    return [name for term in shared for name in info.column_names[info.term_slices[term]]]


def plain_numbers(
    rows: pd.DataFrame, columns: Iterable[str], *, outcome: Iterable[str] = ()
) -> pd.DataFrame:
    """Return a copy in which patsy understands the numbers.

    Nullable numbers and booleans become floats; so does an outcome of yes and no, which patsy
    would take for a category.
    """
    nullable = [
        name
        for name in columns
        if pd.api.types.is_extension_array_dtype(rows[name].dtype)
        and pd.api.types.is_numeric_dtype(rows[name].dtype)
    ]
    yes_no = [name for name in outcome if pd.api.types.is_bool_dtype(rows[name].dtype)]
    # A mapping given to `astype` would copy every column, which costs more than the regression.
    return rows.assign(**{name: rows[name].astype("float64") for name in [*nullable, *yes_no]})


def _names(terms: Iterable[Term]) -> set[str]:
    """Return the names that some terms use; `Q("...")` makes a name of a string."""
    codes = {factor.code for term in terms for factor in term.factors}
    nodes = [node for code in codes for node in ast.walk(ast.parse(code, mode="eval"))]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    calls = [n for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Q"]
    quoted = {arg.value for n in calls for arg in n.args if isinstance(arg, ast.Constant)}
    return names | {str(name) for name in quoted}


def _methods(terms: Iterable[Term]) -> set[str]:
    """Return what is called on columns and does not go row by row, such as `shift`."""
    codes = {factor.code for term in terms for factor in term.factors}
    nodes = [node for code in codes for node in ast.walk(ast.parse(code, mode="eval"))]
    calls = [node for node in nodes if isinstance(node, ast.Attribute)]
    return {call.attr for call in calls if not _goes_row_by_row(call)}


def _goes_row_by_row(call: ast.Attribute) -> bool:
    of_numpy = isinstance(call.value, ast.Name) and call.value.id == "np"
    return of_numpy and call.attr in ROW_BY_ROW


def _with_nearest(name: str, rows: pd.DataFrame) -> Text:
    nearest = difflib.get_close_matches(name, [str(column) for column in rows.columns], n=1)
    if nearest:
        return say("panel.unknown_with_nearest", name=name, nearest=nearest[0])
    return same(name)
