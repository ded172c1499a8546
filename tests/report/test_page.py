import base64
import re
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from kamlab.foundation import style
from kamlab.foundation.columns import with_labels
from kamlab.foundation.language import Text
from kamlab.report import page
from tests.report.html_of import read

HOSTILE = "<script>alert(\"1\")</script> & '{x}' <b>"


def drawn(title="Heights", width=4.0, height=3.0):
    with style.canvas(width=width, height=height) as ax:
        ax.plot([1, 2], [3, 4])
        style.finish(ax, title=Text(title, title), alt=Text("Two heights.", "2つの高さ。"))
    return ax


BLOCKS = {
    "paragraph": lambda words: page.paragraph(words),
    "strong paragraph": lambda words: page.paragraph(words, strong=True),
    "subheading": lambda words: page.subheading(words),
    "caution": lambda words: page.caution(words),
    "bullets": lambda words: page.bullets([words]),
    "note": lambda words: page.note([words], heading=words),
    "facts": lambda words: page.facts([(words, words)]),
    "section": lambda words: page.section("a", words, [page.paragraph(words)], number=1),
    "sheet": lambda words: page.sheet("a", words, []),
    "table": lambda words: page.table(pd.DataFrame({words: [words]}), caption=words),
    "figure": lambda words: page.figure(drawn(), caption=words, mark=words),
    "document": lambda words: page.document(words, "en", [], contents=[("a", words)]),
}


@pytest.mark.parametrize("block", BLOCKS)
def test_words_are_shown_as_they_are_and_never_become_html(block):
    shown = read(BLOCKS[block](HOSTILE))
    assert HOSTILE in shown.text
    assert not shown.all("script")
    assert not shown.all("b")


def test_a_page_says_its_language_and_lets_nothing_in_from_outside():
    html = page.document("T", "ja", [page.paragraph("x")], contents=[("a", "見出し")])
    shown = read(html)
    assert shown.all("html") == [{"lang": "ja"}]
    policy = next(m["content"] for m in shown.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert "目次" in shown.text
    assert not re.search(r"https?:|url\(|@import|src=\"(?!data:)", html)


def test_a_table_has_a_caption_scopes_labels_and_numbers_to_the_right():
    frame = pd.DataFrame({"account_id": ["A-1", "A-2"], "stay_probability": [0.912, np.nan]})
    html = page.table(frame, caption="Who stays")
    shown = read(html)
    assert shown.words == [
        *("Who stays", "Account ID", "Probability of staying"),
        *("A-1", "91.2%", "A-2", "–"),
    ]
    assert [cell.get("scope") for cell in shown.all("th")] == ["col", "col", "row", "row"]
    assert shown.all("td") == 2 * [{"class": "number", "data-label": "Probability of staying"}]


def test_a_table_uses_the_words_that_its_maker_gave_it():
    frame = with_labels(pd.DataFrame({"gain_range": ["1"]}), {"gain_range": Text("Gain, m", "益")})
    assert "Gain, m" in page.table(frame, caption="c")


FITS = [(10, "table short"), (133, "table short"), (134, "table")]
"""A row of three ems, of which a page takes 400."""


@pytest.mark.parametrize(("rows", "kind"), FITS)
def test_only_a_table_that_fits_is_kept_on_one_printed_page(rows, kind):
    html = page.table(pd.DataFrame({"name": ["Aomine"] * rows}), caption="c")
    assert read(html).all("div")[0]["class"] == kind


def test_a_figure_keeps_its_alt_text_is_sharp_and_is_closed():
    html = page.figure(drawn(width=5.0, height=3.0), mark="Simulated data")
    picture = read(html).all("img")[0]
    assert picture["alt"] == "Two heights. Simulated data"
    data = base64.b64decode(picture["src"].removeprefix("data:image/png;base64,"))
    with Image.open(BytesIO(data)) as image:
        assert image.width == pytest.approx(int(picture["width"]) * 200 / 96, abs=3)
        assert image.width > 4.0 * page.PRINT_DPI
    assert not plt.get_fignums()


def pixels(html):
    data = base64.b64decode(read(html).all("img")[0]["src"].split(",")[1])
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("L"))


def test_the_mark_is_in_the_picture_itself():
    plain, marked = pixels(page.figure(drawn())), pixels(page.figure(drawn(), mark="Simulated"))
    below = marked[plain.shape[0] :]
    assert (below < 200).any()


@pytest.mark.parametrize(("height", "kind"), [(3.0, None), (8.0, "tall")])
def test_a_high_picture_may_fill_a_printed_page(height, kind):
    shown = read(page.figure(drawn(width=5.0, height=height)))
    assert shown.all("figure")[0].get("class") == kind


def test_no_notes_make_no_frame():
    assert page.note([]) == ""
    assert read(page.note(["a", "b"])).words == ["Notes", "a", "b"]


def test_a_sheet_prints_on_a_page_of_its_own():
    assert read(page.sheet("a-1", "A-1", [])).all("section") == [{"class": "sheet", "id": "a-1"}]
    css = page.document("t", "en", []).split("</style>")[0]
    assert "section.sheet { break-before: page; }" in css


def test_an_anchor_cannot_leave_its_attribute():
    shown = read(page.section('a" onload="x', "h", []))
    assert shown.all("section") == [{"class": "part", "id": 'a" onload="x'}]
