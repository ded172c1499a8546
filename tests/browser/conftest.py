"""One JupyterLab and one Chromium for all tests in this folder."""

import shutil
from pathlib import Path

import pytest

from make import BROWSERS
from tests.browser.jupyterlab import PATIENCE, jupyterlab
from tests.browser.notebook import Notebook

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results" / "browser"
# The sandbox needs rights that containers withhold; no proxy is to come between us and loopback.
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-proxy-server"]


@pytest.fixture(scope="session")
def results():
    """Return the folder for screenshots and logs, emptied."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    return RESULTS


@pytest.fixture(scope="session")
def browser():
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on PATH")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield browser
        browser.close()


# It needs the browser so as not to start in vain where there is none.
@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory, results):
    """Serve a copy, so that the stored notebooks stay as they are; a lab remembers its tabs."""
    home = tmp_path_factory.mktemp("lab")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    root = shutil.copytree(ROOT / "notebooks", home / "notebooks", ignore=ignored)
    with jupyterlab(root, home, results / "jupyterlab.log") as lab:
        yield lab


@pytest.fixture(scope="session")
def new_page(browser):
    """Return a function that gives a page to a visitor who was never here before."""

    def new_page():
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(1000 * PATIENCE)
        return context.new_page()

    return new_page


@pytest.fixture(scope="module")
def open_notebook(lab, new_page, results):
    def open_notebook(name):
        notebook = Notebook(new_page(), results)
        notebook.open(f"{lab.address}/lab/tree/{name}?token={lab.token}")
        return notebook

    return open_notebook
