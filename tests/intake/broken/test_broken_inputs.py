"""Broken inputs: each message names the place and the remedy, in both languages."""

from __future__ import annotations

import pytest

from tests.intake.broken import (
    dates,
    doubtful,
    files,
    keys,
    layout,
    limits,
    mapping_files,
    mapping_meanings,
    numbers,
    structure,
    text_files,
    typed_tables,
    words,
    workbooks,
)
from tests.intake.broken.messages import doubted, missing, refused

REFUSED = {
    f"{module.__name__.rpartition('.')[2]}: {name}": case
    for module in (
        files,
        text_files,
        typed_tables,
        workbooks,
        layout,
        structure,
        keys,
        numbers,
        dates,
        words,
        mapping_files,
        mapping_meanings,
        limits,
    )
    for name, case in module.BROKEN.items()
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_names_place_and_remedy(name, tmp_path):
    case = REFUSED[name]
    messages = refused(case, tmp_path)
    assert missing(case, messages) == [], messages


@pytest.mark.parametrize("name", doubtful.DOUBTFUL)
def test_a_warning_names_place_and_remedy(name, tmp_path):
    case = doubtful.DOUBTFUL[name]
    messages = doubted(case, tmp_path)
    assert missing(case, messages) == [], messages


def test_every_case_asserts_something_in_both_languages():
    cases = {**REFUSED, **doubtful.DOUBTFUL}
    assert [name for name, case in cases.items() if not (case.english and case.japanese)] == []


def test_there_are_more_than_a_hundred():
    assert len(REFUSED) + len(doubtful.DOUBTFUL) > 100
