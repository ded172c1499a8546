"""The key from which pseudonyms are made: a file that stays with the user."""

from __future__ import annotations

import re
import secrets
from os import PathLike
from pathlib import Path

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say

KEY_BYTES = 32
"""As many as the hash has, so that the key is no weaker than what is made from it."""

PRIVATE = "private"
"""Folders of this name are ignored by git, and refused by the hook in `tools/hooks`."""

_HEX = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES}}}")


def write_key(path: str | PathLike[str]) -> Path:
    """Write a new random key for `pseudonymise`, which only you can read.

    Parameters
    ----------
    path : str or path
        Such as `private/pseudonym.key`; missing folders are made. In a folder that git keeps
        (a checkout of this project, say) it must lie in a folder `private`.

    Returns
    -------
    Path
        Where it is: 32 random bytes as hexadecimal digits. On Windows, who may read it follows
        from its folder; elsewhere its owner alone may.

    Raises
    ------
    KamlabError
        If something is there already, if git would keep it, or if it cannot be written.

    Notes
    -----
    Keep the key where the data are, apart from what you pass on. Whoever has it can try names
    until a pseudonym fits; without it, next quarter's pseudonyms no longer match.

    Examples
    --------
    >>> kl.write_key("private/pseudonym.key")  # doctest: +SKIP
    """
    path = Path(path)
    _refuse_what_git_keeps(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_hex(KEY_BYTES) + "\n", encoding="ascii")
    except FileExistsError:
        raise KamlabError(say("intake.key_exists", path=path)) from None
    except OSError as error:
        raise KamlabError(say("intake.key_unwritable", path=path, reason=error.strerror)) from error
    return path


def read_key(path: str | PathLike[str]) -> bytes:
    """Return the key in a file of `write_key`.

    Raises
    ------
    KamlabError
        If there is no such file, or it holds no key; its content is never shown.
    """
    path = Path(path)
    try:
        written = path.read_bytes()[: 4 * KEY_BYTES].decode("ascii", errors="replace").strip()
    except FileNotFoundError:
        raise KamlabError(say("intake.key_missing", path=path)) from None
    except OSError as error:
        raise KamlabError(say("intake.key_unreadable", path=path, reason=error.strerror)) from error
    if not _HEX.fullmatch(written):
        raise KamlabError(say("intake.key_damaged", path=path, digits=2 * KEY_BYTES))
    return bytes.fromhex(written)


def _refuse_what_git_keeps(path: Path) -> None:
    place = path.resolve()
    for folder in place.parents:
        if folder.joinpath(".git").exists():
            if PRIVATE not in place.relative_to(folder).parts[:-1]:
                raise KamlabError(say("intake.key_in_git", path=path, folder=folder.name))
            return
