"""Execute the notebooks and store them with their outputs; run by ``make notebooks``.

The stored form is the same on every machine: no times, no widget state, cells counted from 1. A
run that changes no output changes no byte. With ``--check`` nothing is executed, and what is stored
is judged.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
CELL_TIMEOUT = 300  # seconds; no cell of a lesson should come near it

WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_TEXT = "Run this cell to use its controls. / このセルを実行すると操作できます。"
READABLE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
HOMES = re.compile(r"(/home/|/Users/|[A-Z]:\\+Users\\+)\w+")
PICTURE = re.compile(r"base64,[A-Za-z0-9+/=]+")
"""A picture within HTML: letters at random, which may look like a path."""
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")


class Client(NotebookClient):
    """A client that leaves the messages of widgets alone; answering them can stall it for ever."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.comm_open_handlers.clear()


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run all cells in order, in the folder of the notebook, and keep their outputs."""
    Client(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),  # or each kernel warns
    ).execute()


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the code cells that have something to execute."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Reduce a notebook to what does not depend on the machine and the moment."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            if WIDGET in output.get("data", {}):
                # A view is nothing without its state, and the state is new in every run.
                output.data = nbformat.from_dict({"text/plain": WIDGET_TEXT})


def stored_text(output: nbformat.NotebookNode) -> str:
    """Return all that an output says in words, pictures aside."""
    parts = [output.get("text", ""), *output.get("traceback", [])]
    parts += [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    return PICTURE.sub("", "\n".join(parts))


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """Return, in words, what must not be stored."""
    found = []
    private = {str(ROOT), str(Path.home()), sys.prefix, tempfile.gettempdir()} - {"/"}
    for cell in notebook.cells:
        if not READABLE_ID.fullmatch(cell.get("id", "")):
            found.append(f"the id {cell.get('id')!r} is not in words joined by hyphens")
    for count, cell in enumerate(code_cells(notebook), start=1):
        here = f"cell {cell.get('id')}"
        if cell.execution_count != count:
            found.append(f"{here} was not executed in its turn")
        for output in cell.outputs:
            text = stored_text(output)
            if output.get("name") == "stderr":
                found.append(f"{here} wrote to stderr: {text.strip()[:200]}")
            if any(place in text for place in private) or HOMES.search(text):
                found.append(f"{here} shows a path of this machine")
            if ADDRESS.search(text):
                found.append(f"{here} shows a memory address; assign the value: `_ = ...`")
    return found


def build(path: Path) -> list[str]:
    """Execute one notebook and store it if it is fit to be stored; return what is wrong with it."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    try:
        execute(notebook, path.parent)
    except (CellExecutionError, CellTimeoutError) as error:
        return [str(error)]
    normalise(notebook)
    found = problems(notebook)
    after = as_text(notebook)
    if not found and after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return found


def judge(path: Path) -> list[str]:
    """Return what is wrong with a notebook as it is stored, without executing it."""
    stored = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(stored, as_version=4)
    found = problems(notebook)
    normalise(notebook)
    if not found and as_text(notebook) != stored:
        found.append("not as `make notebooks` stores it")
    return found


def as_text(notebook: nbformat.NotebookNode) -> str:
    """Return the notebook as it is written to disk: keys in order, one line end at the end."""
    nbformat.validate(notebook)
    text = nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return text.rstrip("\n") + "\n"


def lessons() -> list[Path]:
    """Return the notebooks that are stored executed: all but the exercises."""
    paths = sorted(NOTEBOOKS.rglob("*.ipynb"))
    left_out = {"exercises", ".ipynb_checkpoints"}
    return [path for path in paths if left_out.isdisjoint(path.relative_to(NOTEBOOKS).parts)]


def main(*options: str) -> int:
    """Build, or with ``--check`` judge, every notebook; name all that is wrong."""
    treat, verb = (judge, "is clean") if "--check" in options else (build, "is built")
    wrong = 0
    for path in lessons():
        found = treat(path)
        wrong += len(found)
        print(f"{path.relative_to(NOTEBOOKS)}: {'; '.join(found) if found else verb}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
