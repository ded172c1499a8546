"""Put the hook where git looks for it, if nothing is there yet.

Imported by ``make.py``, and so written for Python 3.8 and the standard library.
"""

from __future__ import annotations

import os
from pathlib import Path

from tools.environment import answer

MARK = b"Put here by kamlab"


def install_hook(root: Path) -> str:
    """Make git look at every commit of a checkout for a company's data.

    Returns
    -------
    str
        One sentence for the user; empty where nothing was done and nothing need be known: the
        hook is there already, or the folder is no checkout of its own.
    """
    top = answer("git", "-C", root, "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != root.resolve():
        return ""
    if answer("git", "-C", root, "config", "--get", "core.hooksPath"):
        return "git has its hooks elsewhere here; call tools/hooks/pre-commit from yours."
    hooks = root / str(answer("git", "-C", root, "rev-parse", "--git-path", "hooks"))
    hook, ours = hooks / "pre-commit", (root / "tools/hooks/pre-commit").read_bytes()
    if os.path.lexists(str(hook)):
        there = hook.read_bytes() if hook.is_file() else b""
        if there == ours:
            return ""
        if MARK not in there:
            return "there is a pre-commit hook already; call tools/hooks/pre-commit from it."
    hooks.mkdir(parents=True, exist_ok=True)
    hook.write_bytes(ours)
    hook.chmod(0o755)
    return "commits now leave out private/ and what company notebooks show (.git/hooks/pre-commit)."
