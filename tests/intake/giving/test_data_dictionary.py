"""The dictionary that is shipped is the one that the declarations make."""

import csv
from pathlib import Path

import pytest

from kamlab.accounts.tables import TABLES, dictionary, table
from kamlab.foundation.language import LANGUAGES, speaking
from kamlab.intake.giving.data_dictionary import as_page, data_dictionary
from tools.write_dictionary import PAGES, dictionary_files

ROOT = Path(__file__).resolve().parents[3]
FILES = dictionary_files()


@pytest.mark.parametrize("name", FILES)
def test_shipped_files_are_not_stale(name):
    assert (ROOT / name).read_bytes() == FILES[name], "run: python tools/write_dictionary.py"


def test_there_are_two_forms_in_each_language():
    assert set(FILES) == {*(f"data/dictionary.{each}.csv" for each in LANGUAGES), *PAGES.values()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_there_once_with_an_example(language):
    with speaking(language):
        words, plain = data_dictionary(), dictionary()
    assert words.iloc[:, 2].tolist() == plain["column"].tolist()
    assert not words.isna().any(axis=None)
    without = words.loc[words.iloc[:, -1] == "", words.columns[2]].tolist()
    assert without == ["product_family"]  # the only one that no simulated company has


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_csv_opens_in_excel_with_japanese_intact(language):
    content = FILES[f"data/dictionary.{language}.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    headings, *rows = csv.reader(content.decode("utf-8-sig").splitlines())
    assert len(rows) == sum(len(table(name).columns) for name in TABLES)
    assert {len(row) for row in rows} == {len(headings)}


def test_the_page_has_a_section_a_table():
    page = as_page()
    for name in TABLES:
        assert f"## {table(name).label} (`{name}`)" in page
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert len({line.replace(r"\|", "").count("|") for line in rows}) == 1
