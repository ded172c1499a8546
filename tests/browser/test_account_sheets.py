"""Account sheets in a real browser: one printed page each, and readable on a phone."""

import re

import pytest

import kamlab as kl

pytestmark = pytest.mark.browser

BUSY = ["A-042", "A-001", "A-096"]
"""Accounts with the most people, the most kinds of events, and the most to do."""


@pytest.fixture(scope="module", params=["en", "ja"])
def sheets(request, company, tmp_path_factory):
    path = tmp_path_factory.mktemp("sheets") / "sheets.html"
    return kl.write_report(company, path, language=request.param, accounts=BUSY)


@pytest.fixture
def page(browser, sheets):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(sheets.as_uri())
    yield page
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    page.close()


def test_each_account_fills_one_page_of_a4_and_the_last_page_says_how_to_read(page):
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(BUSY) + 1


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_picture_has_words_and_there_is_no_script(page):
    assert page.evaluate("[...document.images].every(image => image.alt.length > 20)")
    assert page.evaluate("document.scripts.length") == 0
