import re
from pathlib import Path

import pytest

import kamlab as kl
from kamlab.accounts.facts import FACTS
from kamlab.accounts.tables import table
from kamlab.foundation.claims import Status
from kamlab.foundation.language import LANGUAGES
from kamlab.portfolio.declaration.library import load_model
from kamlab.selection.criteria import load_criteria, shipped_criteria

RATINGS = {c.name: (c.minimum, c.maximum) for c in table("accounts").columns if c.type == "rating"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def shipped():
    return load_criteria("key_accounts")


def test_the_criteria_that_the_documents_name_are_there_in_two_blocks(shipped):
    static, relational = shipped.axes
    assert (static.name, relational.name) == ("static", "relational")
    assert {
        "order_size", "orders_a_year", "strategic_potential", "attract_growth", "attract_prestige",
        "market_influence", "net_margin", "tenure_years", "strategic_fit", "revenue",
    } <= {item.column for item in static.items}  # fmt: skip
    assert {
        "acceptance_rate", "reproposals_accepted", "introductions_a_year", "inbound_after_silence",
        "requests_for_proposal", "instruction_share",
    } <= {item.column for item in relational.items}  # fmt: skip
    assert not {i.column for i in static.items} & {i.column for i in relational.items}


def test_facts_count_by_rank_or_range_and_ratings_by_their_whole_scale(shipped):
    for axis in shipped.axes:
        for item in axis.items:
            assert item.column in FACTS or item.column in RATINGS
            assert item.ranked or item.bounds
            if item.column in RATINGS:
                assert item.bounds == RATINGS[item.column]
            assert item.reverse == (item.column == "instruction_share")


def test_every_statement_has_a_status_and_what_the_documents_say_names_them(shipped):
    claims = shipped.claims()
    assert set(claims["status"]) <= set(Status)
    assert not (claims["status"] == "recalled").any()
    sources = [axis.origin.source for axis in shipped.axes]
    assert "guide" in sources[0]
    assert all("podcast" in source.lower() for source in sources)
    for claim in ("P7", "P8", "P9", "P11", "P13", "P14"):
        assert claim in sources[1]
    assert [axis.origin.status for axis in shipped.axes] == [Status.PUBLISHED] * 2
    assert {axis.measure.status for axis in shipped.axes} == {Status.DESIGN}
    assert {axis.weighting.status for axis in shipped.axes} == {Status.DESIGN}


def test_every_cell_speaks_both_languages_and_the_effort_follows_the_levels(shipped):
    for cell in shipped.cells:
        for text in (cell.label, cell.prescription.value, cell.description.value):
            assert all(text.in_language(language).strip() for language in LANGUAGES)
            assert JAPANESE.search(text.ja)
            assert not JAPANESE.search(text.en)
        assert cell.effort == sum(levels == ("high",) for levels in cell.levels)


def test_what_the_criteria_leave_out_is_said(shipped):
    assert any("P6" in text.en for text in shipped.missing)
    assert any("P12" in text.en for text in shipped.remarks)
    assert any("P24" in text.en for text in shipped.remarks)
    columns = set(shipped.columns)
    assert not columns & {"complaints_a_year", "proposals_a_year"}


def test_the_japanese_has_no_half_width_marks():
    path = Path(kl.__file__).parent / "selection" / "criteria" / "key_accounts.toml"
    for wording in re.findall(r'ja = "([^"]*)"', path.read_text(encoding="utf-8")):
        assert not re.search(r"[,:;()!?]|\.\s|\.$", wording), wording


def test_the_criteria_are_a_model_like_any_other(company, shipped):
    board = kl.classify(company, shipped)
    assert board.tidy()["n_accounts"].sum() == 240 - board.glance()["n_unscored"].item()


def test_criteria_are_found_by_name_path_or_as_a_model(shipped):
    path = Path(kl.__file__).parent / "selection" / "criteria" / "key_accounts.toml"
    assert load_criteria(path) == load_criteria(str(path)) == load_criteria(shipped) == shipped
    assert shipped_criteria() == ("key_accounts",)


def test_unknown_criteria_are_refused_with_the_nearest_name(language):
    with pytest.raises(kl.ArgumentError, match="key_accounts"):
        load_criteria("key_acounts")


def test_a_missing_file_is_refused():
    with pytest.raises(kl.ModelError, match="nowhere"):
        load_criteria("nowhere.toml")


@pytest.mark.parametrize("name", ["webster", "millman_wilson_stages"])
def test_a_model_without_two_axes_of_items_cannot_rank(name):
    with pytest.raises(kl.ModelError, match="two axes"):
        load_criteria(load_model(name))


def test_other_weights_are_put_in(shipped):
    model = load_criteria("key_accounts", {"revenue": 4, "tenure_years": 0})
    weights = {item.column: item.weight for axis in model.axes for item in axis.items}
    assert (weights["revenue"], weights["tenure_years"], weights["net_margin"]) == (4, 0, 1)


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ({"turnover": 1, "revenue": 2}, "turnover.*revenue"),
        ({"revenue": -1}, "revenue.*-1"),
        ({"revenue": float("nan")}, "revenue.*nan"),
        ({"revenue": float("inf")}, "revenue.*inf"),
    ],
)
def test_weights_that_cannot_be_are_refused(weights, match):
    with pytest.raises(kl.ArgumentError, match=match):
        load_criteria("key_accounts", weights)


def test_an_axis_needs_some_weight(shipped):
    nothing = {item.column: 0 for item in shipped.axes[1].items}
    with pytest.raises(kl.ArgumentError, match="Behaviour"):
        load_criteria("key_accounts", nothing)
