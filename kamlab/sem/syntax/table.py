"""From statements to the table of parameters, with the defaults of lavaan's `sem()`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.sem.syntax.applied import apply_modifiers, dangling, share
from kamlab.sem.syntax.bound import Binder
from kamlab.sem.syntax.entries import Statements
from kamlab.sem.syntax.groups import EQUALITIES, in_groups, labels_of
from kamlab.sem.syntax.mistakes import model_error
from kamlab.sem.syntax.parameters import Origin, Parameter, ParameterTable
from kamlab.sem.syntax.rows import Options, Row, rows_of


def parameter_table(
    statements: Statements,
    *,
    n_groups: int = 1,
    std_lv: bool = False,
    meanstructure: bool = False,
    growth: bool = False,
    fixed_x: bool = True,
    orthogonal: bool = False,
    group_equal: Iterable[str] = (),
    group_partial: Iterable[str] = (),
) -> ParameterTable:
    """Return all parameters of a model: those that the text names, and lavaan's defaults.

    The defaults are those of `sem()`, or of `growth()`, of lavaan 0.6-14: the first loading of a
    latent variable is 1 (under `std_lv` its variance is), the error of a single indicator is 0,
    variances are free, exogenous latent variables covary, so do outcomes that explain nothing,
    moments of observed covariates are the sample's, observed intercepts are free and latent means
    0 (in `growth()` the other way round).

    Parameters
    ----------
    statements : Statements
        As `read_model` returns them.
    n_groups : int
    std_lv, growth, fixed_x, orthogonal : bool
    meanstructure : bool
        Whether means are modelled even if nothing asks for them: neither the text, nor
        `growth`, nor equal intercepts or means. lavaan models them whenever data come in groups.
    group_equal : iterable of str
        What is equal among groups: names of `EQUALITIES`.
    group_partial : iterable of str
        Parameters that are not, such as `"f=~x3"` and `"x3~1"`.

    Returns
    -------
    ParameterTable

    Raises
    ------
    ModelError
        If the text does not fit together; all such places at once.
    ArgumentError
        If `group_equal` or `group_partial` has a name that is not known.
    """
    equal = _known_equalities(group_equal, n_groups)
    names_means = any(entry.op == "~1" for entry in statements.entries)
    options = Options(
        n_groups=n_groups,
        std_lv=std_lv,
        has_means=meanstructure or growth or names_means or bool(equal & {"intercepts", "means"}),
        growth=growth,
        fixed_x=fixed_x,
        orthogonal=orthogonal,
        group_equal=equal,
    )
    template = rows_of(statements, options)
    partial = frozenset[str]()
    if group_partial:
        partial = _known_parameters(group_partial, template, options)
    return _table(statements, template, options, partial)


def _table(
    statements: Statements, template: list[Row], options: Options, partial: frozenset[str]
) -> ParameterTable:
    variables = statements.variables
    rows = in_groups(template, options, variables)
    if mistakes := apply_modifiers(rows):
        raise model_error(statements.text, mistakes)
    labels = labels_of(rows, options, variables, partial)
    mistakes = dangling(rows, labels)
    numbers, clashes = share(rows, labels)
    binder = Binder(rows, numbers, statements)
    definitions = binder.definitions()
    equalities, inequalities = binder.constraints("=="), binder.constraints(">")
    mistakes += clashes + binder.mistakes
    if mistakes:
        raise model_error(statements.text, mistakes)
    return ParameterTable(
        parameters=tuple(_parameter(row) for row in rows),
        numbers=np.array(numbers, dtype=np.intp),
        observed=variables.observed,
        latent=variables.latent,
        exogenous=variables.covariates if options.fixed_x else (),
        n_groups=options.n_groups,
        has_means=options.has_means,
        definitions=definitions,
        equalities=equalities,
        inequalities=inequalities,
        notes=_notes(statements, options),
    )


def _parameter(row: Row) -> Parameter:
    origin: Origin = "default" if row.is_default else "user"
    return Parameter(
        row.lhs,
        row.op,
        row.rhs,
        row.group,
        row.label,
        row.free,
        row.value,
        row.start,
        "exogenous" if row.exogenous else origin,
    )


def _notes(statements: Statements, options: Options) -> tuple[Text, ...]:
    notes = []
    freed = statements.variables.freed_covariates
    if freed and options.fixed_x:
        notes.append(say("sem.note_freed_covariates", names=join([same(name) for name in freed])))
    single = [
        entry.modifiers.labels[0]
        for entry in statements.entries
        if len(entry.modifiers.labels) == 1 and not entry.modifiers.is_reference
    ]
    if single and options.n_groups > 1:
        names = join([same(label) for label in dict.fromkeys(single)])
        notes.append(say("sem.note_single_labels", names=names))
    return tuple(notes)


def _known_equalities(given: Iterable[str], n_groups: int) -> frozenset[str]:
    names = (given,) if isinstance(given, str) else tuple(given)
    for name in names:
        if name not in EQUALITIES:
            known = join([same(known) for known in EQUALITIES])
            hint = nearest_hint(name, EQUALITIES)
            raise ArgumentError(say("sem.unknown_equality", name=name, hint=hint, known=known))
    if names and n_groups == 1:
        raise ArgumentError(say("sem.equality_without_groups"))
    return frozenset(names)


def _known_parameters(given: Iterable[str], rows: list[Row], options: Options) -> frozenset[str]:
    known = {f"{row.lhs}{row.op}{row.rhs}": f"{row.lhs}{row.op}{row.rhs}" for row in rows}
    known |= {f"{row.rhs}~~{row.lhs}": f"{row.lhs}~~{row.rhs}" for row in rows if row.op == "~~"}
    found = set()
    for name in (given,) if isinstance(given, str) else given:
        plain = "".join(name.split())
        if plain in known:
            found.add(known[plain])
        elif options.has_means or not plain.endswith("~1"):
            hint = nearest_hint(plain, known)
            raise ArgumentError(say("sem.unknown_partial", name=name, hint=hint))
    return frozenset(found)
