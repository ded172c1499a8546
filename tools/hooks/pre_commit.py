"""Keep a company's data out of a commit; git runs this through `tools/hooks/pre-commit`.

*Refused*: files in a folder `private` or `reports`, keys, and data or reports among the notebooks.
*Stripped of outputs*, in the commit only: notebooks in `notebooks/company`, and others whose code
names `private`. The notebooks that come with kamlab show the shipped example and keep their
outputs: those are listed in `shipped.txt` with a hash of each, so that one which was run on other
data is stripped like any other. After such a notebook is built anew:

    python tools/hooks/pre_commit.py --ship notebooks/company/C1_your_own_data.ipynb

Only the standard library is used, since a commit may come before the first set-up.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

SHIPPED = Path(__file__).resolve().with_name("shipped.txt")

CLOSED_FOLDERS = {"private", "reports"}
KEY = ".key"
COMPANY = ("notebooks", "company")
NOT_AMONG_NOTEBOOKS = {
    *(".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".parquet", ".duckdb", ".db"),
    *(".html", ".pdf"),
}
NAMES_PRIVATE = re.compile(r"\bprivate[\\/]|[\"'/\\]private[\"']")
PLAIN_FILES = ("100644", "100755")


class Staged(NamedTuple):
    """One file of the commit to be."""

    mode: str
    blob: str
    path: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders and the name; case aside, as some systems do not tell it apart."""
        return PurePosixPath(self.path.casefold()).parts

    @property
    def content(self) -> bytes:
        """The bytes that would be committed."""
        return git("cat-file", "blob", self.blob)


class Refused(Exception):
    """Why a file must not be committed."""


def git(*arguments: str, given: bytes = b"") -> bytes:
    """Return what a git command prints."""
    command = ["git", *arguments]
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout


def staged_files() -> list[Staged]:
    """Return the files that the commit adds or changes."""
    told = git("diff", "--cached", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=d", "-z")
    fields = told.decode("utf-8", "surrogateescape").split("\0")
    found = []
    for place in range(0, len(fields) - 1, 2):
        _, mode, _, blob, _ = fields[place].split(" ")
        found.append(Staged(mode, blob, fields[place + 1]))
    return found


def refuse(file: Staged) -> None:
    """Refuse a file that its place or name gives away.

    Raises
    ------
    Refused
    """
    folders, suffix = set(file.parts[:-1]), PurePosixPath(file.parts[-1]).suffix
    if closed := folders & CLOSED_FOLDERS:
        raise Refused(f"the folder {closed.pop()} stays on your machine")
    if suffix == KEY:
        raise Refused("a key stays on your machine")
    if file.parts[0] == "notebooks" and suffix in NOT_AMONG_NOTEBOOKS:
        raise Refused("data and reports do not belong among the notebooks; move it to private/")


def without_outputs(file: Staged) -> bytes | None:
    """Return a notebook as it is to be committed, or None where it may stay as it is.

    Raises
    ------
    Refused
        If it cannot be read, and so not be stripped either.
    """
    if not file.path.casefold().endswith(".ipynb") or file.mode not in PLAIN_FILES:
        return None
    content = file.content
    try:
        notebook = json.loads(content)
        if not is_private(file, notebook) or is_shipped(file.path, content):
            return None
        before = json.dumps(notebook)
        strip(notebook)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("it is no notebook of today's form; save it anew in JupyterLab") from None
    if json.dumps(notebook) == before:
        return None
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def is_private(file: Staged, notebook: dict[str, Any]) -> bool:
    """Return whether a notebook may show a company's data."""
    codes = ("".join(cell["source"]) for cell in code_cells(notebook))
    return file.parts[:2] == COMPANY or any(NAMES_PRIVATE.search(code) for code in codes)


def strip(notebook: dict[str, Any]) -> None:
    """Take out of a notebook what running it has put in."""
    for cell in code_cells(notebook):
        cell["outputs"], cell["execution_count"] = [], None
        for name in ("execution", "ExecuteTime"):
            cell["metadata"].pop(name, None)
    notebook["metadata"].pop("widgets", None)


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells that have code."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def fingerprint(content: bytes) -> str:
    """Return a hash of a notebook as git keeps it."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def shipped() -> dict[str, str]:
    """Return the hash of every notebook that comes with kamlab and keeps its outputs, by path."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if not line.startswith("#"))
    return {path: digest for digest, path in pairs}


def is_shipped(path: str, content: bytes) -> bool:
    """Return whether a notebook is to the letter one that comes with kamlab."""
    return shipped().get(path) == fingerprint(content)


def ship(paths: list[str]) -> int:
    """Record notebooks that come with kamlab, as they are now."""
    known = shipped()
    for path in map(Path, paths):
        known[path.as_posix()] = fingerprint(path.read_bytes())
    head = "# Notebooks whose outputs are of the shipped example; see pre_commit.py.\n"
    lines = [f"{digest}  {path}\n" for path, digest in sorted(known.items())]
    SHIPPED.write_bytes((head + "".join(lines)).encode("utf-8"))
    return 0


def look_at_commit() -> int:
    """Strip what is to be stripped, or refuse the commit and change nothing."""
    reasons, changed = [], []
    for file in staged_files():
        try:
            refuse(file)
            if (content := without_outputs(file)) is not None:
                changed.append((file, content))
        except Refused as reason:
            reasons.append(f"{file.path}: {reason}.")
    if reasons:
        remedy = "git restore --staged FILE takes a file out of the commit and leaves it in place."
        tell("this commit is refused:", *(f"  {reason}" for reason in reasons), remedy)
        return 1
    for file, content in changed:
        blob = git("hash-object", "-w", "--stdin", given=content).decode("ascii").strip()
        git("update-index", "--cacheinfo", f"{file.mode},{blob},{file.path}")
        tell(f"{file.path} is committed without its outputs; your own file keeps them.")
    return 0


def tell(*lines: str) -> None:
    """Say something to whoever commits."""
    for line in lines:
        print(f"kamlab: {line}", file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Look at the commit to be, or with `--ship` record notebooks; return an exit code."""
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    return ship(arguments[1:]) if arguments[:1] == ["--ship"] else look_at_commit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
