"""Lines of a TOML file are found by what stands on them."""

import pytest

from kamlab.foundation.toml_lines import Places
from kamlab.foundation.toml_source import FileKind, Source

KIND = FileKind("hypotheses.file_unreadable", "hypotheses.file_missing", "hypotheses.file_wrong")
TEXT = """\
title = "a # b [cell]"  # [axis]
[thing.first]  # of two
name = "x"
words = '''
[no header
name = 3'''
[thing."a b"]
name = { en = "y", ja = "z" }
[[row]]
name = "r"
[[row]]
cells = [
  { at = 1 },
  { at = 2, name = "[row]" },
]
"""


@pytest.fixture
def places():
    return Places(TEXT)


@pytest.mark.parametrize(
    ("block", "number", "line"),
    [
        ("thing.first", 1, 2), ("thing.a b", 1, 7), ("row", 1, 9), ("row", 2, 11), ("none", 1, 1),
    ],
)  # fmt: skip
def test_a_block_is_found_by_its_heading(places, block, number, line):
    assert places.block(block, number) == line


@pytest.mark.parametrize(
    ("start", "key", "line"),
    [(1, "title", 1), (2, "name", 3), (7, "name", 8), (8, "ja", 8), (9, "name", 10), (9, "no", 9)],
)
def test_a_key_is_found_within_its_block(places, start, key, line):
    assert places.key(start, key) == line


@pytest.mark.parametrize(("number", "line"), [(1, 13), (2, 14)])
def test_a_table_in_a_list_is_found_by_its_number(places, number, line):
    assert places.table(11, "cells", number) == line


def test_named_blocks_have_their_names_and_lines(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(TEXT, encoding="utf-8")
    blocks = Source.read(path, KIND).named_blocks("thing")
    assert {name: block.line for name, block in blocks.items()} == {"first": 2, "a b": 7}


def test_unknown_entries_are_told_in_the_order_of_the_file(tmp_path):
    keys = [f"key_{letter}" for letter in "qhzaxm"]
    path = tmp_path / "a.toml"
    path.write_text("".join(f"{key} = 1\n" for key in keys), encoding="utf-8")
    source = Source.read(path, KIND)
    source.whole().finish()
    assert [str(problem).split()[1] for problem in source.problems] == [
        f"{number}," for number in range(1, 7)
    ]
