"""A learner moves a weight in the second notebook and sees who changes cell."""

import re

import pytest

from tests.browser.notebook import complaints

pytestmark = pytest.mark.browser

NAME = "02_classifying_accounts_1.ipynb"
EXPLORER = "matrix-explore"
PANEL = "const panel = window.jupyterapp.shell.currentWidget;"
CLEAR = '() => { window.jupyterapp.commands.execute("notebook:clear-all-cell-outputs"); }'
RUN_UP_TO = f"""id => {{
    {PANEL}
    const index = panel.content.widgets.findIndex(cell => cell.model.id === id);
    panel.content.activeCellIndex = index + 1;
    window.jupyterapp.commands.execute("notebook:run-all-above");
}}"""
SHOW = f"""id => {{
    {PANEL}
    const index = panel.content.widgets.findIndex(cell => cell.model.id === id);
    panel.content.activeCellIndex = index;
    panel.content.scrollToItem(index, "start");
}}"""
PRESSES = 20
STEP = 0.1


@pytest.fixture(scope="module")
def notebook(open_notebook):
    """Return the notebook with all cells run up to the explorer, which is in sight."""
    notebook = open_notebook(NAME)
    notebook.page.evaluate(CLEAR)
    notebook.wait_until("outputs to be cleared", lambda: not run_cells(notebook))
    notebook.page.evaluate(RUN_UP_TO, EXPLORER)
    notebook.wait_until("the explorer's cell to be run", lambda: is_done(notebook))
    found = complaints(notebook.cells())
    assert not found, found
    notebook.page.evaluate(SHOW, EXPLORER)
    return notebook


def test_only_the_cells_up_to_the_explorer_were_run(notebook):
    ids = [cell["id"] for cell in notebook.cells()]
    assert run_cells(notebook) == ids[: ids.index(EXPLORER) + 1]


def test_the_arrow_keys_move_a_weight_and_accounts_change_cell(notebook):
    before = settled(notebook)
    notebook.photograph("portfolio_before", EXPLORER)
    press(notebook, "ArrowRight", PRESSES)
    after = settled(notebook, other_than=before)
    notebook.photograph("portfolio_after", EXPLORER)
    assert moved(before) == 0
    assert moved(after) > 0
    assert float(after["weight"]) == pytest.approx(float(before["weight"]) + PRESSES * STEP)
    assert not [part for part in ("source", "sentence", "alt") if after[part] == before[part]]


def test_the_same_keys_backwards_undo_it(notebook):
    before = settled(notebook)
    press(notebook, "ArrowLeft", PRESSES)
    after = settled(notebook, other_than=before)
    assert moved(before) > moved(after) == 0


def test_a_cut_stops_above_the_bottom_of_the_scale(notebook):
    before = settled(notebook)
    notebook.node(EXPLORER).query_selector_all(".lm-TabBar-tab")[1].click()
    handles = notebook.node(EXPLORER).query_selector_all(".noUi-handle")
    next(handle for handle in handles if handle.is_visible()).press("Home")
    after = settled(notebook, other_than=before)
    notebook.photograph("portfolio_cut", EXPLORER)
    assert moved(after) > 0
    assert "1.10" in notebook.texts(EXPLORER, ".widget-readout")


def run_cells(notebook):
    return [cell["id"] for cell in notebook.cells() if cell["count"] is not None]


def is_done(notebook):
    done = EXPLORER in run_cells(notebook) or complaints(notebook.cells())
    return bool(done) and notebook.is_idle()


def press(notebook, key, times):
    handle = notebook.node(EXPLORER).query_selector(".noUi-handle")
    for _ in range(times):
        handle.press(key)


def explorer(notebook):
    """Return what the explorer shows, or nothing while a part is missing."""
    weight = notebook.texts(EXPLORER, ".widget-readout")
    sentence = notebook.texts(EXPLORER, ".widget-html-content p")
    images = notebook.images(EXPLORER)
    if not (weight and sentence and images and images[0]["loaded"]):
        return None
    return {"weight": weight[0], "sentence": sentence[0], **images[0]}


def settled(notebook, other_than=None):
    """Return what the explorer shows when its parts agree and none changes any more."""
    seen = [other_than]

    def at_rest():
        seen.append(explorer(notebook))
        now, before = seen[-1], seen[-2]
        if now is None or now != before or now == other_than:
            return None
        return now if now["sentence"] in now["alt"] and notebook.is_idle() else None

    return notebook.wait_until("the sentence and the picture to agree and to rest", at_rest)


def moved(state):
    return int(re.search(r"changed cell: (\d+) of", state["sentence"]).group(1))
