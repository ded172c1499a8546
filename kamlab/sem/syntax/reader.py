"""From a model's text to statements: lavaan's syntax."""

from __future__ import annotations

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import say
from kamlab.sem.syntax.entries import Compared, Defined, Entry, Statements
from kamlab.sem.syntax.formulas import read_formula
from kamlab.sem.syntax.mistakes import Misread, Mistake, model_error
from kamlab.sem.syntax.tokens import Tokens, formulas_of
from kamlab.sem.syntax.variables import ordered, variables_of

Statement = Entry | Defined | Compared


def read_model(text: str) -> Statements:
    """Read a model in lavaan's syntax.

    Parameters
    ----------
    text : str
        Formulas with `=~`, `~`, `~~` and `~ 1`; definitions by `:=`; constraints by `==`, `<`
        and `>` (`<=` and `>=` mean the same as `<` and `>`); comments behind `#` or `!`.

    Returns
    -------
    Statements

    Raises
    ------
    ModelError
        If something is not understood; all such places at once, each with line and column.
    ArgumentError
        If it is not a text.
    """
    if not isinstance(text, str):
        raise ArgumentError(say("sem.model_is_no_text", kind=type(text).__name__))
    formulas, mistakes = formulas_of(text)
    read, misread = _read(formulas, {mistake.at for mistake in mistakes})
    mistakes += misread
    entries = ordered([item for item in read if isinstance(item, Entry)])
    mistakes += _repeated(entries)
    if mistakes:
        raise model_error(text, mistakes)
    if not entries:
        raise ModelError(say("sem.empty_model"))
    return Statements(
        text=text,
        entries=tuple(entries),
        definitions=tuple(item for item in read if isinstance(item, Defined)),
        comparisons=tuple(item for item in read if isinstance(item, Compared)),
        variables=variables_of(entries),
    )


def _read(formulas: list[Tokens], stray: set[int]) -> tuple[list[Statement], list[Mistake]]:
    read: list[Statement] = []
    mistakes: list[Mistake] = []
    for formula in formulas:
        try:
            found = read_formula(formula)
        except Misread as misread:
            # A stray sign has been told of; what follows from it would only confuse.
            if not any(formula[0].at <= at <= formula[-1].after for at in stray):
                mistakes.append(misread.mistake)
        else:
            read += found if isinstance(found, list) else [found]
    return read, mistakes


def _repeated(entries: list[Entry]) -> list[Mistake]:
    seen: set[tuple[str, str, str]] = set()
    mistakes = []
    for entry in entries:
        key = entry.lhs, entry.op, entry.rhs
        if key in seen:
            mistakes.append(Mistake(entry.at, say("sem.repeated", what=" ".join(key).strip())))
        seen.add(key)
    return mistakes
