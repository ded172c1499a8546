"""Where a command writes: never over what it reads, and nowhere unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kamlab.command.streams import lines
from kamlab.foundation.errors import ArgumentError, KamlabError
from kamlab.foundation.language import Text, listed, say


def check_places(read: Mapping[str, Path], written: Mapping[str, Path], *, overwrite: bool) -> None:
    """Refuse, before any work, to write where it would do harm; all that is wrong at once.

    Parameters
    ----------
    read, written : mapping of str to Path
        By the name of the argument, such as `--output`.
    overwrite : bool

    Raises
    ------
    ArgumentError
        If a file would be written over one that is read, or over another that is written.
    KamlabError
        If what is to be read is not there, or what is to be written is, and may not be replaced.
    """
    clashes = list(_clashes(read, written))
    if clashes:
        raise ArgumentError(lines(clashes))
    problems = [_missing(name, path) for name, path in read.items() if not path.exists()]
    there = [path for path in written.values() if _is_taken(path)]
    if there and not overwrite:
        problems.append(say("command.exists", paths=listed(there)))
    if problems:
        raise KamlabError(lines(problems))


def beside(path: Path, ending: str) -> Path:
    """Return a place beside what is read, where as many people may look as there.

    Parameters
    ----------
    path : Path
        A file or a folder, also one such as `.`, which does not say its name.
    ending : str
        What follows its name, less the suffix.

    Examples
    --------
    >>> beside(Path("private/crm.xlsx"), "_report.html").as_posix()
    'private/crm_report.html'
    """
    named = path if path.name not in ("", "..") else path.resolve()
    stem = named.name if named.is_dir() else named.stem
    return named.with_name(stem + ending)


def _clashes(read: Mapping[str, Path], written: Mapping[str, Path]) -> Iterator[Text]:
    names: Sequence[tuple[str, Path]] = [*read.items(), *written.items()]
    for place, (name, path) in enumerate(names):
        for other, former in names[:place]:
            if name in written and path.resolve() == former.resolve():
                yield say("command.same_place", path=path, name=name, other=other)


def _is_taken(path: Path) -> bool:
    return path.exists() and not (path.is_dir() and not any(path.iterdir()))


def _missing(name: str, path: Path) -> Text:
    return say("command.not_there", name=name, path=path, folder=path.parent.resolve())
