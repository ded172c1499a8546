import pytest

import kamlab as kl

pytestmark = pytest.mark.browser

WIDTHS = {"desktop": 1280, "phone": 390}


@pytest.fixture(scope="module", params=["en", "ja"])
def report(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / f"{request.param}.html"
    company = kl.simulate_company(n_accounts=60, seed=3)
    return kl.write_report(company, path, language=request.param, hypotheses=None)


@pytest.fixture
def opened(report, new_page):
    """Return a function that opens the report in a window, and what the browser asked for."""

    def opened(width):
        page, asked = new_page(), []
        page.set_viewport_size({"width": width, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(str(error)))
        page.on("console", lambda message: asked.append(message.text))
        page.goto(report.as_uri())
        return page, asked

    return opened


@pytest.mark.parametrize("window", WIDTHS)
def test_a_report_fits_its_window_and_asks_for_nothing(opened, window, results, report):
    page, asked = opened(WIDTHS[window])
    page.screenshot(path=results / f"report_{report.stem}_{window}.png", full_page=True)
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[window]
    assert page.locator("script").count() == 0


def test_every_picture_is_shown_and_has_words(opened):
    page, _ = opened(1280)
    pictures = page.locator("img")
    assert pictures.count() >= 5
    for picture in pictures.all():
        assert len(picture.get_attribute("alt")) > 20
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 500


def test_every_entry_of_the_contents_leads_to_its_section(opened):
    page, _ = opened(1280)
    for link in page.locator("nav a").all():
        link.click()
        anchor = link.get_attribute("href").removeprefix("#")
        assert abs(page.locator(f"section#{anchor}").bounding_box()["y"]) < 900


def test_it_prints_on_a4_and_no_picture_is_wider_than_the_paper(opened, results, report):
    page, _ = opened(1280)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 665, "height": 970})  # A4 within its margins, at 96 dpi
    assert page.evaluate("document.documentElement.scrollWidth") <= 665
    pdf = page.pdf(path=results / f"report_{report.stem}.pdf", prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594.95" in pdf or b"/MediaBox [0 0 595" in pdf
