"""What a learner does and sees in a notebook that JupyterLab shows."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser.jupyterlab import wait_until

Cell = dict[str, Any]

PANEL = "const panel = window.jupyterapp?.shell.currentWidget;"
IS_IDLE = f"""() => {{
    {PANEL}
    const session = panel?.sessionContext;
    return Boolean(session?.isReady && session.session?.kernel?.status === "idle");
}}"""
CODE_CELLS = f"""() => {{
    {PANEL}
    return panel.content.widgets.map(cell => cell.model).filter(model => model.type === "code").map(
        model => ({{
            id: model.id,
            source: model.sharedModel.getSource(),
            count: model.executionCount,
            outputs: model.outputs.toJSON(),
        }})
    );
}}"""
NODE = f"id => {{ {PANEL} return panel.content.widgets.find(c => c.model.id === id).node; }}"
# The command's promise never settles here, so it is not returned: nobody is to wait for it.
COMMAND = "name => { window.jupyterapp.commands.execute(name); }"
IMAGES = """node => [...node.querySelectorAll(".jp-OutputArea-output img")].map(image => ({
    alt: image.alt, source: image.src, loaded: image.complete, width: image.naturalWidth,
}))"""


class Notebook:
    """A notebook that JupyterLab shows on a page of a browser."""

    def __init__(self, page: Any, results: Path) -> None:
        self.page = page
        self.results = results
        self.requests: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.wait_until("the kernel to be ready", self.is_idle)

    def is_idle(self) -> bool:
        return bool(self.page.evaluate(IS_IDLE))

    def wait_until(self, what: str, probe: Callable[[], Any]) -> Any:
        try:
            return wait_until(what, probe)
        except AssertionError:
            self.photograph("waited_in_vain")
            raise

    def photograph(self, name: str, cell_id: str | None = None) -> None:
        """Keep a screenshot of what is in sight, or of one cell."""
        seen = self.page if cell_id is None else self.node(cell_id)
        seen.screenshot(path=self.results / f"{name}.png")

    def cells(self) -> list[Cell]:
        """Return the code cells."""
        return list(self.page.evaluate(CODE_CELLS))

    def cell(self, cell_id: str) -> Cell:
        return next(cell for cell in self.cells() if cell["id"] == cell_id)

    def node(self, cell_id: str) -> Any:
        return self.page.evaluate_handle(NODE, cell_id).as_element()

    def run_all(self) -> None:
        """Run every cell, or those up to the first that fails."""
        # The stored outputs and their numbers would look as if the cells had run.
        self.page.evaluate(COMMAND, "notebook:clear-all-cell-outputs")
        self.wait_until("outputs to be cleared", lambda: not any(map(has_run, self.cells())))
        self.page.evaluate(COMMAND, "notebook:run-all-cells")
        self.wait_until("all cells to be done", self._is_done)

    def _is_done(self) -> bool:
        if not self.is_idle():
            return False
        cells = self.cells()
        return all(map(has_run, cells)) or bool(complaints(cells))

    def run_with(self, cell_id: str, source: str) -> str:
        """Type a source into a cell, run it as a learner does, and return what is shown."""
        before = self.cell(cell_id)["count"]
        self.node(cell_id).query_selector(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)
        self.wait_until(f"{cell_id} to be typed", lambda: self.cell(cell_id)["source"] == source)
        self.page.keyboard.press("Shift+Enter")
        self.wait_until(f"{cell_id} to run", lambda: self._has_run_again(cell_id, before))
        return " ".join(self.texts(cell_id, ".jp-OutputArea-output"))

    def _has_run_again(self, cell_id: str, before: int) -> bool:
        return self.cell(cell_id)["count"] not in (None, before) and self.is_idle()

    def texts(self, cell_id: str, selector: str) -> list[str]:
        # Not the inner text: that is empty where the page has not been scrolled to yet.
        found = self.node(cell_id).query_selector_all(selector)
        return [" ".join(element.text_content().split()) for element in found]

    def images(self, cell_id: str) -> list[dict[str, Any]]:
        return list(self.node(cell_id).evaluate(IMAGES))


def has_run(cell: Cell) -> bool:
    return cell["count"] is not None


def complaints(cells: list[Cell]) -> str:
    """Return the tracebacks, and what was written to stderr."""
    found = []
    for cell in cells:
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                found.append(f"{cell['id']}:\n" + "\n".join(output["traceback"]))
            if output.get("name") == "stderr":
                found.append(f"{cell['id']} (stderr):\n{''.join(output['text'])}")
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n\n".join(found))
