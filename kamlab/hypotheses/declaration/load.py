"""Declared hypotheses: those that come with kamlab, and those of a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from os import PathLike
from pathlib import Path

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import listed, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.hypotheses.declaration.declaration import Declaration
from kamlab.hypotheses.declaration.reading import read_declaration
from kamlab.portfolio.declaration.library import model_files


def load_hypotheses(declaration: str | PathLike[str]) -> Declaration:
    """Read declared hypotheses.

    Parameters
    ----------
    declaration : str or path
        The name of a library that comes with kamlab: `"podcast"`, what experienced sales people
        say of good accounts, or `"literature"`, findings of studies. Or the path of a `.toml`
        file, such as `declare_hypotheses` writes.

    Returns
    -------
    Declaration

    Raises
    ------
    ArgumentError
        If no library has that name.
    ModelError
        If the file cannot be read or is not right: every mistake with its line.

    Warns
    -----
    DataWarning
        If a seal is broken: its text is not the one that it was made for.

    Notes
    -----
    A library is not sealed. To declare it before you look at your data, write it to a file of
    your own: `kl.declare_hypotheses(kl.load_hypotheses("podcast"), "private/podcast.toml")`.

    Examples
    --------
    >>> print(kl.load_hypotheses("podcast")["p05_ten_years"].claim)
    effect > 0
    """
    if isinstance(declaration, str) and not declaration.endswith(".toml"):
        return _of_library(declaration)
    if not isinstance(declaration, str | PathLike):
        raise ArgumentError(say("hypotheses.needs_declaration", got=type(declaration).__name__))
    return read_declaration(Path(declaration))


@cache
def _of_library(name: str) -> Declaration:
    libraries: Mapping[str, Path] = model_files("hypotheses", "library")
    if name not in libraries:
        words = {"hint": nearest_hint(name, libraries), "known": listed(libraries)}
        raise ArgumentError(say("hypotheses.no_such_library", name=name, **words))
    return read_declaration(libraries[name])
