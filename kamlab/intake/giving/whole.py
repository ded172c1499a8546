"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kamlab.intake.giving.target import make_way, told


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a place beside `path` to write to; what is written there becomes `path` at the end.

    If the work fails or is interrupted, nothing of it stays, and what was there is untouched.

    Parameters
    ----------
    path : Path
        Of a file.

    Raises
    ------
    KamlabError
        Before any work, if the system does not let the file be written.
    """
    make_way(path)
    with _beside(path) as draft:
        yield draft
        with told(path):
            os.replace(draft, path)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Do the same for a folder; of one that is there, files of the same name are replaced."""
    with told(path):
        path.mkdir(parents=True, exist_ok=True)
    with _beside(path) as draft:
        yield draft
        with told(path):
            for each in sorted(draft.iterdir()):
                os.replace(each, path / each.name)


def put_text(text: str, path: Path) -> None:
    """Write a text as UTF-8 with the line ends that it has, whole or not at all.

    Raises
    ------
    KamlabError
        If the system does not let the file be written.
    """
    with whole(path) as draft, told(path):
        draft.write_text(text, encoding="utf-8", newline="")


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a place on the same disk, so that moving a file from there is one step."""
    with told(path):
        folder = tempfile.TemporaryDirectory(prefix=".kamlab-", dir=path.parent)
    with folder as name:
        yield Path(name) / path.name
