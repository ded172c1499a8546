"""Check an export: everything that is in it, and everything that is wrong with it."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.intake.intake import Intake
from kamlab.intake.mapping.read_mapping import read_mapping
from kamlab.intake.mapping.rules import ExportMapping
from kamlab.intake.taking_in import take_in

MappingOrPath = ExportMapping | str | PathLike[str]


def check_company(
    path: str | PathLike[str],
    *,
    mapping: MappingOrPath | None = None,
    currency: str | None = None,
) -> Intake:
    """Read an export and say what came in, what was set aside, changed or is in doubt.

    Parameters
    ----------
    path : str or path
        As in `kl.read_company`.
    mapping : ExportMapping or path, optional
        What `kl.propose_mapping` proposed and you confirmed, or the file in which it is saved.
    currency : str, optional

    Returns
    -------
    Intake
        It has an answer for every row; `company()` makes a company of those accepted.

    Raises
    ------
    KamlabError
        If the export or the mapping cannot be read as a whole.
    ArgumentError
        If either is neither a path nor, for the mapping, an `ExportMapping`.

    Examples
    --------
    >>> intake = kl.check_company(kl.example_file("messy_export_en.csv"))  # doctest: +SKIP
    >>> intake.problems()  # doctest: +SKIP
    """
    if not isinstance(path, str | PathLike):
        raise ArgumentError(say("intake.no_path", name="path", got=type(path).__name__))
    if not isinstance(mapping, str | PathLike | ExportMapping | None):
        raise ArgumentError(say("intake.no_path", name="mapping", got=type(mapping).__name__))
    if mapping is not None and not isinstance(mapping, ExportMapping):
        mapping = read_mapping(mapping)
    return Intake(take_in(Path(path), mapping, currency))
