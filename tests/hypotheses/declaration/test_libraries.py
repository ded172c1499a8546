"""The libraries that come with kamlab name only what a company's tables have."""

import re
import warnings

import pytest

import kamlab as kl
from kamlab.foundation.claims import Status
from kamlab.hypotheses.tables import Tables
from kamlab.panel.design import build_design
from kamlab.panel.formula import columns_named
from kamlab.sem.syntax.reader import read_model

LIBRARIES = {name: kl.load_hypotheses(name) for name in ("podcast", "literature")}
ALL = {one.name: one for library in LIBRARIES.values() for one in library}
TESTED = {name: one for name, one in ALL.items() if one.not_measurable is None}
REGRESSIONS = [n for n, one in TESTED.items() if one.method in ("retention", "linear")]
STATIC = {"size", "industry"}
"""Columns of the account table that were the same before: all others are as of the export."""


@pytest.fixture(scope="module")
def tables(company):
    return Tables.of(company)


@pytest.fixture(scope="module")
def known_before(company):
    """Columns of the periods that are made for each period from what is dated."""
    scores = {"trust", "commitment", "satisfaction"}
    return scores | {"tenure"} | set(kl.behaviours(company))


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_not_sealed_and_corrects_by_holm(library):
    declared = LIBRARIES[library]
    assert (declared.state, declared.correction, declared.conf_level) == ("unsealed", "holm", 0.95)
    assert len(set(ALL)) == sum(map(len, LIBRARIES.values()))


def test_every_claim_of_the_podcast_is_there_and_says_that_it_was_said():
    podcast = LIBRARIES["podcast"]
    assert {int(one.name[1:3]) for one in podcast} == set(range(1, 25))
    for one in podcast:
        assert one.source.status is Status.PUBLISHED
        assert one.source.page == f"P{int(one.name[1:3])}"


def test_every_study_is_there_with_the_abstract_as_its_page():
    families = {one.family for one in LIBRARIES["literature"]}
    assert families == {"ivens_pardo", "verhoef", "aurier", "jap_ganesan"}
    for one in LIBRARIES["literature"]:
        assert str(one.source.page) == "abstract"
        assert one.name.startswith(one.family)


@pytest.mark.parametrize("name", ALL)
def test_words_are_there_in_both_languages(name):
    texts = [ALL[name].statement, *([ALL[name].not_measurable] if name not in TESTED else [])]
    for text in texts:
        assert text.en.endswith(".")
        assert text.ja.endswith(("。", "）。"))
        assert not re.search("[ぁ-ん]", text.en)
        assert re.search("[ぁ-ん]", text.ja)
        assert not re.search(r"[,:()?]|\.(?!\d)", text.ja)


@pytest.mark.parametrize("name", TESTED)
def test_every_column_is_in_the_tables_and_known_beforehand(tables, known_before, name):
    one = TESTED[name]
    rows = getattr(tables, one.table)
    if one.method == "sem":
        model = read_model(one.model)
        assert set(model.variables.observed) <= set(rows)
        assert one.term in one.model.splitlines()
        return
    outcome = {"ltv": 1.0} if one.method == "value" else {}
    for formula in filter(None, (one.model, one.rival)):
        if one.method == "correlation":
            left, right = ([side.strip()] for side in formula.split("~"))
            assert {*left, *right} <= set(rows)
        else:
            left, right = columns_named(formula, rows.assign(**outcome))
        assert left
        assert right
        if one.table == "periods":
            money = {name for name in right if name.startswith("last_")}
            assert set(right) <= known_before | STATIC | money


@pytest.mark.parametrize("name", REGRESSIONS)
def test_every_term_is_a_row_of_its_model(tables, name):
    one = TESTED[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", kl.RowsLeftOutWarning)
        design = build_design(one.model, getattr(tables, one.table))
    assert one.term in design.terms
    assert design.outcome.nunique() > 1
    assert len(design.outcome) >= 100


@pytest.mark.parametrize("method", ["forecast", "value", "sem"])
def test_what_takes_more_than_a_design_is_tested_on_the_sample_company(company, method):
    found = kl.assess_hypotheses([h for h in TESTED.values() if h.method == method], company)
    assert (found.tidy()["verdict"] != "not_applicable").all(), found.tidy()["reason"].tolist()
