"""A model on one page."""

from html import unescape

import pytest

import kamlab as kl
from kamlab.accounts.tables import table
from kamlab.foundation.columns import glossary
from kamlab.portfolio.declaration.library import load_model, shipped_models
from tests.portfolio.model_texts import model_text

LABELS = {name: declared.label for name, declared in glossary().items()}
for source in ("survey", "accounts"):
    LABELS |= {column.name: column.label for column in table(source).columns}
HARMFUL = "<script>x & {y}</script>"


def lines(model):
    return str(model.card()).splitlines()


def line_with(text, model):
    found = [line for line in lines(model) if str(text) in line]
    assert found, text
    return " ".join(found)


@pytest.mark.parametrize("name", shipped_models())
def test_a_card_names_the_work_the_scale_and_what_must_be_said(name, language):
    model = load_model(name)
    assert lines(model)[0] == str(model.name)
    assert str(model.citation.status.label) in line_with(model.citation.value, model)
    assert str(model.scale.status.label) in line_with(model.scale.source, model)
    alone = [line.strip() for line in lines(model)]
    for text in (*model.missing, *model.remarks):
        assert str(text) in alone


@pytest.mark.parametrize("name", shipped_models())
def test_a_card_names_every_axis_with_its_items_or_rules_and_their_status(name, language):
    model = load_model(name)
    for number, axis in enumerate(model.axes):
        assert line_with(axis.label, model)
        for claim in (axis.origin, axis.measure, *([] if axis.is_ladder else [axis.weighting])):
            assert str(claim.status.label) in line_with(claim.citation, model)
        for column in axis.columns:
            label = LABELS[column]
            assert label.en != column
            assert line_with(label, model)
        for rule in axis.rules:
            level = model.level_label(number, rule.level)
            parts = [str(LABELS[need.column]) for need in rule.needs]
            parts += [f"{need.value:g}" for need in rule.needs if need.test != "is"]
            assert any(all(part in line for part in (str(level), *parts)) for line in lines(model))


@pytest.mark.parametrize("name", shipped_models())
def test_a_card_names_every_cell_and_prescription_with_its_status(name, language):
    model = load_model(name)
    for cell in model.cells:
        assert any(
            str(cell.label) in line and str(cell.origin.citation) in line for line in lines(model)
        )
        for claim in (cell.prescription, cell.description):
            if claim is not None:
                assert str(claim.citation) in line_with(claim.value, model)
                assert str(claim.status.label) in str(claim.citation)


@pytest.mark.parametrize("name", shipped_models())
def test_the_page_for_a_notebook_says_the_same(name, language):
    card = load_model(name).card()
    page = unescape(card._repr_html_())
    for line in str(card).splitlines():
        assert line.strip() in page


def test_a_card_speaks_the_language_of_the_moment():
    card = load_model("bensaou").card()
    pages = []
    for language in ("en", "ja"):
        kl.use_language(language)
        pages.append((str(card), card._repr_html_()))
    assert "Market exchange" in pages[0][0]
    assert "市場取引型" in pages[1][0]
    assert "Market exchange" not in pages[1][1]


def own_model(tmp_path, axes, **more):
    path = tmp_path / "own.toml"
    path.write_text(model_text(axes, **more), encoding="utf-8")
    return load_model(path)


def test_items_say_how_they_count(tmp_path, language):
    items = [
        {"column": "plain_one", "weight": 3},
        {"column": "turned", "reverse": True},
        {"column": "fact", "range": [20, -5]},
        {"column": "spot", "rank": True},
    ]
    cut = {"a": {"items": items, "cut": [2.5, 5], "levels": ["one", "two", "three"]}}
    model = own_model(tmp_path, cut)
    line = line_with("plain_one", model)
    words = {
        "en": ["turned (low counts", "fact (from 20 to -5)", "spot (its rank"],
        "ja": ["turned（低いほど", "fact（20から-5まで）", "spot（顧客のなかの順位"],
    }
    for part in words[language]:
        assert part in line
    for part in ("3", "1", "2.5", "5"):
        assert part in str(model.card())
    assert "2.5" in line_with("2.5", model)


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ("midpoint", {"en": "the middle of the scale", "ja": "尺度の中央"}),
        ("median", {"en": "the median of the accounts", "ja": "顧客の中央値"}),
        (4.25, {"en": "4.25", "ja": "4.25"}),
    ],
)
def test_a_cut_is_told_in_words(cut, words, tmp_path, language):
    model = own_model(tmp_path, {"a": ["x"]}, cut=cut)
    assert str(model.axes[0].cut.status.label) in line_with(words[language], model)


def test_yes_and_no_and_numbers_of_rules_are_told_apart(tmp_path, language):
    tests = [
        {"column": "x", "is": True},
        {"column": "x", "is": False},
        {"column": "y", "at_least": 2},
        {"column": "y", "at_most": 3},
        {"column": "y", "below": 4.5},
    ]
    rules = [{"level": f"level_{number}", "needs": [need]} for number, need in enumerate(tests)]
    model = own_model(tmp_path, {"a": {"rules": rules}})
    told = [line_with(f"level_{number}:", model) if language == "en" else
            line_with(f"level_{number}：", model) for number in range(5)]  # fmt: skip
    assert len({line.split(f"{number}", 1)[1] for number, line in enumerate(told)}) == 5
    for number, value in ((2, "2"), (3, "3"), (4, "4.5")):
        assert value in told[number].split(f"level_{number}")[1]


def test_a_page_shows_signs_as_signs_and_runs_nothing(tmp_path, language):
    text = model_text({"a": ["x"]})
    for word in ('"own"', '"日本語のown"', '"a"', '"日本語のa"', '"do low"', '"日本語のdo low"'):
        if f"en = {word}" in text or f"ja = {word}" in text:
            text = text.replace(f"en = {word}", f'en = "{HARMFUL}"')
            text = text.replace(f"ja = {word}", f'ja = "{HARMFUL}"')
    text = text.replace('source = "ours"', f'source = "{HARMFUL}"')
    text = text.replace('column = "x"', f'column = "{HARMFUL}"')
    text = text.replace('"our own, 2026"', f'"{HARMFUL}"')
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    card = load_model(path).card()
    page = card._repr_html_()
    assert str(card).count(HARMFUL) > 8
    assert "<script" not in page
    assert "x & " not in page
    assert unescape(page).count(HARMFUL) == str(card).count(HARMFUL)


@pytest.mark.parametrize("name", shipped_models())
def test_every_claim_of_a_model_is_listed_with_status_and_wording(name, language):
    model = load_model(name)
    claims = model.claims()
    assert claims.columns.tolist() == ["statement", "wording", "status", "source"]
    assert set(claims["status"]) <= {"published", "secondary", "recalled", "computed", "design"}
    assert claims["wording"].str.strip().ne("").all()
    assert claims["statement"].str.strip().ne("").all()
    scored = sum(not axis.is_ladder for axis in model.axes)
    described = sum(cell.description is not None for cell in model.cells)
    expected = 3 + 2 * len(model.axes) + 2 * scored + 2 * len(model.cells) + described
    assert len(claims) == expected
    row = kl.models().set_index("model").loc[name]
    assert row["n_statements"] == expected
    assert row["n_recalled"] == (claims["status"] == "recalled").sum()


@pytest.mark.parametrize("name", shipped_models())
def test_what_is_said_to_be_read_somewhere_names_where(name):
    claims = load_model(name).claims()
    read = claims[claims["status"].isin(["published", "secondary"])]
    assert read["source"].str.strip().ne("").all()
