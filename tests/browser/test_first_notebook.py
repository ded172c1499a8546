"""A newcomer opens the first notebook in a browser, runs it, and plays with it."""

import re
from functools import partial

import pytest

from tests.browser.notebook import complaints

pytestmark = pytest.mark.browser

NAME = "00_start_here.ipynb"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
MOST_SCREENS = 40
SCROLL = """toTop => {
    const area = document.querySelector(".jp-Notebook .jp-WindowedPanel-outer");
    const before = area.scrollTop;
    area.scrollTop = toTop ? 0 : before + 0.9 * area.clientHeight;
    return area.scrollTop !== before;
}"""


@pytest.fixture(scope="module")
def notebook(open_notebook):
    notebook = open_notebook(NAME)
    notebook.photograph("opened")
    notebook.run_all()
    photograph_all(notebook, "en")
    assert_all_ran(notebook)
    return notebook


def test_the_lab_refuses_who_has_no_token(lab, new_page):
    page = new_page()
    page.goto(f"{lab.address}/lab/tree/{NAME}")
    assert "/login" in page.url
    assert not page.evaluate("Boolean(window.jupyterapp)")
    assert page.request.get(f"{lab.address}/api/contents/{NAME}").status == 403


def test_every_cell_runs_and_every_figure_is_drawn_and_described(notebook):
    shown = figures(notebook)
    assert {cell_id for cell_id, _ in shown} > {"explore"}
    assert not [cell_id for cell_id, image in shown if image["width"] == 0]
    assert not [cell_id for cell_id, image in shown if not image["alt"].strip()]


def test_the_slider_moves_picture_sentence_and_alt_text(notebook):
    before = settled(notebook)
    notebook.photograph("slider_before", "explore")
    handle = notebook.node("explore").query_selector(".noUi-handle")
    for _ in range(12):
        handle.press("ArrowLeft")
    after = settled(notebook, other_than=before)
    notebook.photograph("slider_after", "explore")
    assert float(after["trust"]) == pytest.approx(float(before["trust"]) - 1.2)
    assert not [part for part in ("source", "sentence", "alt") if after[part] == before[part]]


def test_another_account_can_be_chosen(notebook):
    before = settled(notebook)
    accounts = notebook.texts("explore", "select option")
    chosen = next(name for name in accounts if name != before["account"])
    index = accounts.index(chosen)
    notebook.node("explore").query_selector("select").select_option(index=index)
    after = settled(notebook, other_than=before)
    notebook.photograph("another_account", "explore")
    assert after["account"] == chosen
    assert chosen in after["sentence"]
    assert after["source"] != before["source"]


def test_a_learner_is_told_whether_an_answer_is_right(notebook, stay):
    least_likely, second = stay.augment()["account_id"].iloc[:2]
    wrong = notebook.run_with("check-leave", answer(second))
    notebook.photograph("answer_wrong", "check-leave")
    right = notebook.run_with("check-leave", answer(least_likely))
    notebook.photograph("answer_right", "check-leave")
    assert "Not yet" in wrong
    assert "✔" not in wrong
    assert right.startswith("✔")


def test_the_page_asks_no_other_machine(notebook, lab):
    own = (lab.address, "data:", "blob:")
    assert any(url.startswith(lab.address) for url in notebook.requests)
    assert not [url for url in notebook.requests if not url.startswith(own)]


# The last test: afterwards the notebook speaks Japanese.
def test_the_notebook_speaks_japanese(notebook):
    english = 'kl.use_language("en")'
    cell = next(cell for cell in notebook.cells() if english in cell["source"])
    notebook.run_with(cell["id"], cell["source"].replace(english, 'kl.use_language("ja")'))
    notebook.run_all()
    photograph_all(notebook, "ja")
    assert_all_ran(notebook)
    assert any(map(JAPANESE.search, notebook.texts("stay-who", "th")))
    shown = figures(notebook)
    assert not [cell_id for cell_id, image in shown if image["width"] == 0]
    assert not [cell_id for cell_id, image in shown if not JAPANESE.search(image["alt"])]


def assert_all_ran(notebook):
    found = complaints(notebook.cells())
    assert not found, found


def answer(account_id):
    return f'kl.check_answer("00-least-likely-to-stay", "{account_id}")'


def figures(notebook):
    """Return each image with the id of its cell."""
    expected = {cell["id"] for cell in notebook.cells() if holds_picture(cell)} | {"explore"}
    for cell_id in sorted(expected):
        notebook.wait_until(f"the picture of {cell_id}", partial(is_loaded, notebook, cell_id))
    cell_ids = [cell["id"] for cell in notebook.cells()]
    return [(cell_id, image) for cell_id in cell_ids for image in notebook.images(cell_id)]


def holds_picture(cell):
    return any("image/png" in output.get("data", {}) for output in cell["outputs"])


def is_loaded(notebook, cell_id):
    images = notebook.images(cell_id)
    return images and all(image["loaded"] for image in images)


def explorer(notebook):
    """Return what the explorer shows, or nothing while a part is missing."""
    account = notebook.texts("explore", "select option:checked")
    trust = notebook.texts("explore", ".widget-readout")
    sentence = notebook.texts("explore", ".widget-html-content p")
    images = notebook.images("explore")
    if not (account and trust and sentence and images):
        return None
    return {"account": account[0], "trust": trust[0], "sentence": sentence[0], **images[0]}


def settled(notebook, other_than=None):
    """Return what the explorer shows when its parts agree and none changes any more."""
    seen = [other_than]

    def at_rest():
        seen.append(explorer(notebook))
        now, before = seen[-1], seen[-2]
        if now is None or now != before or now == other_than:
            return None
        return now if agrees(now) and notebook.is_idle() else None

    return notebook.wait_until("all parts of the explorer to agree and to rest", at_rest)


def agrees(state):
    """Tell whether the sentence and the picture are about the account and trust chosen."""
    told = (state["account"], f"At {state['trust']},")
    return all(part in state[where] for part in told for where in ("sentence", "alt"))


def photograph_all(notebook, name):
    """Keep screenshots of the whole notebook, from the top down."""
    notebook.page.evaluate(SCROLL, True)
    for number in range(1, MOST_SCREENS):
        notebook.photograph(f"{name}_{number:02}")
        if not notebook.page.evaluate(SCROLL, False):
            break
