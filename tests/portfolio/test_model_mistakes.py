"""Mistakes in model files: each is told with its line and reason, and nothing else happens."""

import re
import tomllib
from pathlib import Path

import pytest

import kamlab as kl
import kamlab.portfolio
from kamlab.foundation.language import use_language
from kamlab.portfolio.declaration.library import load_model, shipped_models
from tests.portfolio.model_texts import FULL, OWN, at, complaints, line_number, written

SHIPPED = Path(kamlab.portfolio.__file__).parent / "models"

# Mistakes: what is changed, what by, the words that must be said, and where: the place of the
# change, or a part of the damaged file whose line must be named.
CITATION, SCALE, CUT = (
    re.search(rf"(?s)\[{kind}\].*?\n\n", FULL)[0] for kind in ("citation", "scale", "cut")
)
RULES = FULL[FULL.index("rules = [") : FULL.index('[[cell]]\nname = "grow"')]
ITEMS = FULL[FULL.index("items = [") : FULL.index('[[axis]]\nname = "reach"')]
CELLS = FULL[FULL.index("[[cell]]") : FULL.index("[[missing]]")]
CONDITION = '{ column = "days", at_least = 1 }'
PULL, REACH, PHASE = (f'[[axis]]\nname = "{name}"' for name in ("pull", "reach", "phase"))
GROW, LEAVE = (f'[[cell]]\nname = "{name}"' for name in ("grow", "leave"))
MISTAKES = {
    # Misspelt.
    "key at the top": ('id = "full"', 'id = "full"\nnmae = 3', ["nmae", "name"], "nmae"),
    "key of the citation": ('text = "our', 'txet = 1\ntext = "our', ["txet", "text"], "txet"),
    "key of the scale": ('page = "12"', 'pgae = "12"', ["pgae", "page"], None),
    "key of the cut": ("rule = 5.5", "rule = 5.5\nruel = 5", ["ruel", "rule"], "ruel"),
    "key of the effort": ('source = "our ranking"', 'sorce = "r"', ["sorce", "source"], None),
    "key of an axis": ("measure = {", "mesure = {", ["mesure", "measure"], None),
    "key of an item": ("weight = 3", "wieght = 3", ["wieght", "weight"], None),
    "key of a claim in line": ('source = "our items"', 'sorce = "i"', ["sorce", "source"], None),
    "key of a cut in line": ('source = "our cuts"', 'sorce = "c"', ["sorce", "source"], None),
    "key of a rule": ('level = "over", needs', 'level = "over", neds = 1, needs', ["neds"], None),
    "key of a condition": (
        CONDITION,
        '{ column = "days", at_least = 1, at_lest = 2 }',
        ["at_lest"],
        None,
    ),
    "key of a cell": ("effort = 2", "effort = 2\neffrot = 2", ["effrot", "effort"], "effrot"),
    "axis in a cell": ('reach = "strong"', 'raech = "strong"', ["raech", "reach"], None),
    "heading": ("[effort]", "[effrot]", ["effrot", "effort"], None),
    "heading of many": ("[[missing]]", "[[misssing]]", ["misssing", "missing"], None),
    # Missing.
    "no id": ('id = "full"\n', "", ["id"], 'name = { en = "All'),
    "no name": ('name = { en = "All of it", ja = "すべて" }\n', "", ["name"], 'id = "full"'),
    "no citation": (CITATION, "", ["text", "citation"], 'id = "full"'),
    "no text of the citation": ('text = "our own, 2026"\n', "", ["text"], "[citation]"),
    "no scale": (SCALE, "", ["minimum", "scale"], 'id = "full"'),
    "no minimum": ("minimum = 0\n", "", ["minimum"], "[scale]"),
    "no status of the scale": ('status = "published"\n', "", ["status"], "[scale]"),
    "no cut": (CUT, "", ["cut"], PULL),
    "no rule of the cut": ("rule = 5.5\n", "", ["rule"], "[cut]"),
    "no name of an axis": ('name = "reach"\n', "", ["name"], '[[axis]]\nlabel = { en = "Reach"'),
    "no label of an axis": ('label = { en = "Reach", ja = "競争力" }\n', "", ["label"], REACH),
    "no items": (ITEMS, "\n", ["items", "rules"], PULL),
    "no column of an item": (
        'column = "strength", ',
        "",
        ["column"],
        "    { weight = 1 }",
    ),
    "no column of a condition": ('column = "days", ', "", ["column"], "        { at_least = 1"),
    "no test in a condition": (", at_least = 1", "", ["at_least", "below"], None),
    "no level of a rule": ('level = "over", ', "", ["level"], "    { needs = ["),
    "no name of a cell": ('name = "leave"\n', "", ["name"], '[[cell]]\nlabel = { en = "Leave"'),
    "no label of a cell": ('label = { en = "Leave", ja = "撤退" }\n', "", ["label"], LEAVE),
    "no levels of a cell": (
        'levels = { pull = "low", phase = "running" }\n',
        "",
        ["levels"],
        LEAVE,
    ),
    "no effort": ("effort = 2\n", "", ["effort"], GROW),
    "no prescription": (
        'prescription = { en = "Let go.", ja = "手放す。" }\n',
        "",
        ["prescription"],
        LEAVE,
    ),
    "no status of a prescription": (
        'ja = "手放す。" }\nprescription_status = "design"',
        'ja = "手放す。" }',
        ["prescription_status"],
        LEAVE,
    ),
    "no status of a description": (
        'description_status = "design"\n',
        "",
        ["description_status"],
        GROW,
    ),
    "no Japanese": ('en = "Pull", ja = "魅力"', 'en = "Pull"', ["ja"], None),
    "empty Japanese": ('en = "Pull", ja = "魅力"', 'en = "Pull", ja = " "', ["ja"], None),
    "no Japanese of a remark": (
        'en = "Ours."\nja = "自社のもの。"',
        'en = "Ours."',
        ["ja"],
        "[[remark]]",
    ),
    "no cells": (CELLS, "", ["pull", "high"], 'id = "full"'),
    "no axes": (FULL[FULL.index("[[axis]]") : FULL.index("[[cell]]")], "", ["axis"], 'id = "full"'),
    # Of the wrong kind.
    "label as plain text": ('{ en = "Pull", ja = "魅力" }', '"Pull"', ["Pull"], None),
    "name with a space": ('name = "leave"', 'name = "let go"', ["let go"], None),
    "name as a number": ('name = "leave"', "name = 5", ["5"], None),
    "maximum as text": ("maximum = 10", 'maximum = "ten"', ["ten"], None),
    "maximum not a number": ("maximum = 10", "maximum = nan", ["nan"], None),
    "maximum beyond all numbers": ("maximum = 10", f"maximum = 1{400 * '0'}", ["maximum"], None),
    "weight as text": ("weight = 3", 'weight = "much"', ["much"], None),
    "weight below zero": ("weight = 3", "weight = -3", ["0"], None),
    "weight is nan": ("weight = 3", "weight = nan", ["nan"], None),
    "weight is infinite": ("weight = 3", "weight = inf", ["inf"], None),
    "weight is yes": ("weight = 3", "weight = true", ["True"], None),
    "all weights zero": (
        '"strength", weight = 1',
        '"strength", weight = 0',
        ["0"],
        'items = [\n    { column = "strength"',
    ),
    "column as a number": ('column = "growth"', "column = 7", ["column"], None),
    "column as a list": ('column = "growth"', 'column = ["growth"]', ["column"], None),
    "empty column": ('column = "growth"', 'column = ""', ["column"], None),
    "reverse in words": ("reverse = true", 'reverse = "yes"', ["yes"], None),
    "rank as a number": ("rank = true", "rank = 1", ["rank"], None),
    "range of one": ("range = [0, 100]", "range = [0]", ["range"], None),
    "range of three": ("range = [0, 100]", "range = [0, 1, 2]", ["range"], None),
    "range of nothing": ("range = [0, 100]", "range = [7, 7]", ["7"], None),
    "range of one number": ("range = [0, 100]", "range = 100", ["100"], None),
    "range of words": ("range = [0, 100]", 'range = ["a", "b"]', ["'a'"], None),
    "range without end": ("range = [0, 100]", "range = [0, inf]", ["inf"], None),
    "range and rank": (
        "range = [0, 100]",
        "range = [0, 100], rank = true",
        ["range", "rank"],
        None,
    ),
    "items as a number": (ITEMS, "items = 3\n\n", ["items"], None),
    "items of text": (ITEMS, 'items = ["growth"]\n\n', ["growth"], None),
    "empty items": (ITEMS, "items = []\n\n", ["items", "rules"], PULL),
    "rules as text": (RULES, 'rules = "none"\n\n', ["rules"], None),
    "empty rules": (RULES, "rules = []\n\n", ["items", "rules"], PHASE),
    "one rule": (
        '    { level = "running", needs = [{ column = "ending", is = false }] },\n',
        "",
        ["rules"],
        "rules = [",
    ),
    "items and rules": (
        "rules = [",
        'items = [{ column = "days" }]\nrules = [',
        ["items", "rules"],
        PHASE,
    ),
    "no conditions": ('needs = [{ column = "ending", is = false }]', "needs = []", ["needs"], None),
    "conditions as text": (
        'needs = [{ column = "ending", is = false }]',
        'needs = "none"',
        ["needs"],
        None,
    ),
    "two tests at once": (
        "at_least = 1",
        "at_least = 1, at_most = 3",
        ["at_least", "at_most"],
        None,
    ),
    "is in words": ("is = false", 'is = "no"', ["no"], None),
    "at least many": ("at_least = 1", 'at_least = "many"', ["many"], None),
    "measure as text": (
        'measure = { status = "design", source = "our items" }',
        'measure = "m"',
        ["measure"],
        None,
    ),
    "citation as text": (CITATION, 'citation = "x"\n\n', ["citation"], None),
    "axes as a number": (
        FULL[FULL.index("[[axis]]") : FULL.index("[[cell]]")],
        "[axis]\nx = 1\n\n",
        ["[[axis]]"],
        None,
    ),
    "one cell block": (CELLS, "[cell]\nx = 1\n\n", ["[[cell]]"], None),
    "missing as text": (
        '[[missing]]\nen = "the book"\nja = "その本"\n',
        "[missing]\nx = 1\n",
        ["[[missing]]"],
        None,
    ),
    "effort of three": ("effort = 2", "effort = 3", ["3"], None),
    "effort in words": ("effort = 2", 'effort = "much"', ["much"], None),
    "effort is yes": ("effort = 2", "effort = true", ["True"], None),
    "levels as a number": ('levels = { phase = "over" }', "levels = 5", ["levels"], None),
    "levels as text": ('levels = { phase = "over" }', 'levels = "over"', ["levels"], None),
    "level as a number": ('levels = { phase = "over" }', "levels = { phase = 3 }", ["3"], None),
    "level as a list of lists": (
        'reach = ["weak", "fair"]',
        'reach = [["weak"], "fair"]',
        ["weak"],
        None,
    ),
    "source as a number": ('source = "our ranking"', "source = 5", ["5"], None),
    "page as a list": ('page = "12"', "page = [12]", ["page"], None),
    # Against sense.
    "scale upside down": ("minimum = 0", "minimum = 20", ["20", "10"], None),
    "scale of one point": ("minimum = 0", "minimum = 10", ["10"], None),
    "published without source": (
        'source = "the book"\n',
        "",
        ["published"],
        'status = "published"',
    ),
    "published with an empty source": (
        'source = "the book"',
        'source = " "',
        ["published"],
        'status = "published"',
    ),
    "cut rule unknown": ("rule = 5.5", 'rule = "mean"', ["mean", "median"], None),
    "cut in quotation marks": ("rule = 5.5", 'rule = "5.5"', ["5.5"], None),
    "cuts in quotation marks": ("rule = [3, 8]", 'rule = ["3", "8"]', ["'3'"], None),
    "cut is yes": ("rule = 5.5", "rule = true", ["True"], None),
    "cuts are yes and no": ("rule = [3, 8]", "rule = [false, true]", ["True"], None),
    "cut not a number": ("rule = 5.5", "rule = nan", ["nan"], None),
    "cut beyond all numbers": ("rule = 5.5", f"rule = 1{400 * '0'}", ["rule"], None),
    "no cut in the list": ("rule = [3, 8]", "rule = []", ["[]"], None),
    "cuts not rising": ("rule = [3, 8]", "rule = [8, 3]", ["[8, 3]"], None),
    "cuts alike": ("rule = [3, 8]", "rule = [3, 3]", ["[3, 3]"], None),
    "cut above the scale": ("rule = 5.5", "rule = 12", ["12", "10"], None),
    "one cut of two above the scale": ("rule = [3, 8]", "rule = [3, 11]", ["11", "10"], None),
    "cut at the bottom": ("rule = 5.5", "rule = 0", ["0", "10"], None),
    "cut of a ladder": (
        "rules = [",
        'cut = { rule = 3, status = "design" }\nrules = [',
        ["cut"],
        "cut = { rule = 3,",
    ),
    "levels of a ladder": (
        "rules = [",
        'levels = ["a", "b"]\nrules = [',
        ["levels"],
        'levels = ["a"',
    ),
    "too few levels": ('["weak", "fair", "strong"]', '["weak", "strong"]', ["2", "3"], None),
    "too many levels": (
        '["weak", "fair", "strong"]',
        '["a", "weak", "fair", "strong"]',
        ["4", "3"],
        None,
    ),
    "levels in one word": ('["weak", "fair", "strong"]', '"wfs"', ["levels"], None),
    "two levels of one name": (
        '["weak", "fair", "strong"]',
        '["weak", "weak", "strong"]',
        ["weak"],
        None,
    ),
    "level unknown": ('reach = "strong"', 'reach = "storng"', ["storng", "strong"], None),
    "axis unknown": (
        'levels = { phase = "over" }',
        'levels = { phase = "over", era = "x" }',
        ["era"],
        None,
    ),
    "description's status alone": (
        'description = { en = "Good.", ja = "よい。" }\n',
        "",
        ["description_status"],
        "description_status",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_reason(tmp_path, mistake, language):
    old, new, words, place = MISTAKES[mistake]
    assert FULL.count(old) == 1
    damaged = FULL.replace(old, new)
    tomllib.loads(damaged)
    start = FULL.index(old)
    line = FULL[:start].count("\n") + 1 if place is None else line_number(damaged, place)
    told = [one for one in complaints(tmp_path, damaged) if all(word in one for word in words)]
    assert told
    assert any(one.startswith(at(line, language)) for one in told), (line, told)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_reasons_are_given_in_japanese_too(tmp_path, mistake):
    old, new, _, _ = MISTAKES[mistake]
    use_language("ja")
    for complaint in complaints(tmp_path, FULL.replace(old, new)):
        place, _, reason = complaint.partition("：")
        assert "行目" in place
        assert re.search("[ぁ-ん]", reason), complaint


STATUSES = [match.start() for match in re.finditer(r'status = "\w+"', FULL)]


@pytest.mark.parametrize("start", STATUSES)
def test_an_unknown_status_is_told_wherever_it_stands(tmp_path, start, language):
    given = re.match(r'(.*?)"\w+"', FULL[start:])
    damaged = f'{FULL[:start]}{given[1]}"sure"{FULL[start + given.end() :]}'
    told = complaints(tmp_path, damaged)
    line = damaged[:start].count("\n") + 1
    assert len(told) == 1
    assert told[0].startswith(at(line, language))
    for word in ("sure", "published", "secondary", "recalled", "computed", "design"):
        assert word in told[0]


SOURCED = [
    match.start() for match in re.finditer(r'status = "design"(\n\w*|, )source = ".+?"', FULL)
]


@pytest.mark.parametrize("start", SOURCED)
def test_what_is_published_needs_its_source_wherever_it_stands(tmp_path, start, language):
    head, tail = FULL[:start], FULL[start:].replace('"design"', '"secondary"', 1)
    assert load_model(written(tmp_path, head + tail))
    damaged = head + re.sub(r'source = ".+?"', 'source = ""', tail, count=1)
    (told,) = complaints(tmp_path, damaged)
    assert told.startswith(at(head.count("\n") + 1, language))
    assert "secondary" in told


# What is doubled is told at one of the two places.
DOUBLES = {
    "axes": ('name = "reach"', 'name = "pull"', "pull", 'name = "pull"'),
    "cells": ('name = "leave"', 'name = "pick"', "pick", 'name = "pick"'),
    "items": ('column = "prestige"', 'column = "growth"', "growth", 'column = "growth"'),
    "stages": ('level = "over"', 'level = "running"', "running", 'level = "running"'),
    "columns with signs": ('column = "prestige"', 'column = "a(b"', "a(b", 'column = "a(b"'),
}


@pytest.mark.parametrize("kind", DOUBLES)
def test_a_name_that_is_there_twice_is_told(tmp_path, kind, language):
    old, new, name, place = DOUBLES[kind]
    damaged = FULL.replace(old, new)
    if kind == "columns with signs":
        damaged = damaged.replace('column = "growth"', new)
    lines = [n for n, line in enumerate(damaged.splitlines(), start=1) if place in line]
    assert len(lines) == 2
    told = [one for one in complaints(tmp_path, damaged) if name in one]
    assert any(one.startswith(at(line, language)) for line in lines for one in told), told


@pytest.mark.parametrize(
    ("old", "new", "levels"),
    [
        ('reach = ["weak", "fair"]', 'reach = "weak"', ["pull high, reach fair, phase running"]),
        ('levels = { pull = "low", phase', 'levels = { pull = "low", reach = "weak", phase',
         ["pull low, reach fair, phase running", "pull low, reach strong, phase running"]),
        ('reach = ["weak", "fair"]', 'reach = ["weak", "fair", "strong"]',
         ["pull high, reach strong, phase running"]),
        ('levels = { phase = "over" }', "levels = {}",
         [f"pull {p}, reach {r}, phase running"
          for p in ("low", "high") for r in ("weak", "fair", "strong")]),
    ],
)  # fmt: skip
def test_levels_without_a_cell_and_with_two_are_named(tmp_path, old, new, levels, language):
    found = complaints(tmp_path, FULL.replace(old, new))
    assert len(found) == len(levels)
    for complaint, expected in zip(found, levels, strict=True):
        assert expected in complaint
        assert re.match(r"line \d+, cell" if language == "en" else r"\d+行目、cell", complaint)


def test_a_cell_of_no_level_is_refused(tmp_path, language):
    """It would be on the card, and no account could ever be in it."""
    never = FULL[FULL.index('[[cell]]\nname = "gone"') : FULL.index("[[missing]]")]
    never = never.replace('"gone"', '"never"').replace('"over"', '"over", reach = []')
    damaged = FULL.replace("[[missing]]", never + "[[missing]]")
    (told,) = complaints(tmp_path, damaged)
    assert told.startswith(at(line_number(damaged, "reach = []"), language))
    assert "reach" in told


def test_a_gap_and_an_overlap_are_told_apart(tmp_path, language):
    gap = FULL.replace('reach = ["weak", "fair"]', 'reach = "weak"')
    both = gap.replace('pull = "low", phase', "phase")
    found = complaints(tmp_path, both)
    words = {"en": ["no cell", "more than one"], "ja": ["ありません", "2つ以上"]}[language]
    assert not any(all(word in one for word in words) for one in found)
    assert all(any(word in one for word in words) for one in found)


def test_all_mistakes_are_told_at_once(tmp_path, language):
    made = {
        'id = "full"': 'id = "full model"',
        "maximum = 10": 'maximum = "ten"',
        "rule = 5.5": 'rule = "mean"',
        'source = "our ranking"': "source = 5",
        'source = "our items"': 'sorce = "our items"',
        "weight = 3": "weight = -3",
        "range = [0, 100]": "range = [1, 1]",
        '["weak", "fair", "strong"]': '["weak", "strong"]',
        "at_least = 1": 'at_least = "many"',
        "effort = 2": "effort = 9",
        'name = "leave"': 'name = "grow"',
        'ja = "その本"': 'ja = ""',
    }
    damaged = FULL
    for old, new in made.items():
        assert damaged.count(old) == 1
        damaged = damaged.replace(old, new)
    found = complaints(tmp_path, damaged)
    lines = [line_number(FULL, old) for old in made if old != 'name = "leave"']
    for line in lines:
        # The text without Japanese is one block, whose heading stands two lines above.
        places = [line, line - 2] if FULL.splitlines()[line - 1] == 'ja = "その本"' else [line]
        assert any(one.startswith(at(p, language)) for p in places for one in found), line
    assert any("grow" in one for one in found)


def test_one_mistake_is_told_once(tmp_path, language):
    """The common cut is read for every axis."""
    assert len(complaints(tmp_path, OWN.replace("rule = 5.5", 'rule = "mean"'))) == 1


# Files that are none.


@pytest.mark.parametrize(
    "text",
    [
        OWN.replace("rule = 5.5", "rule = = 5.5"),
        OWN.replace('id = "own"', 'id = "own'),
        OWN.replace('id = "own"', 'id = "own"\nid = "again"'),
        OWN.replace("[[axis]]", "[[axis]", 1),
        "model: bensaou",
        "account_id,name\nA,x\n",
        "{}",
    ],
)
def test_what_is_no_toml_is_refused_with_file_and_place(tmp_path, text, language):
    with pytest.raises(kl.ModelError, match=r"our\.toml") as caught:
        load_model(written(tmp_path, text, "our.toml"))
    assert "line" in str(caught.value) or "end of document" in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "\ufeff"])
def test_an_empty_file_is_told_all_that_it_needs(tmp_path, text, language):
    found = " ".join(complaints(tmp_path, text))
    for word in ("id", "name", "citation", "scale", "axis"):
        assert word in found


@pytest.mark.parametrize("encoding", ["cp932", "utf-16", "euc-jp"])
def test_a_file_in_another_encoding_is_refused(tmp_path, encoding, language):
    path = tmp_path / "own.toml"
    path.write_bytes(OWN.encode(encoding))
    with pytest.raises(kl.ModelError, match=r"own\.toml"):
        load_model(path)


def test_a_file_of_other_bytes_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    for content in (bytes(range(256)), b"\x00" * 40, b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(kl.ModelError, match=r"own\.toml"):
            load_model(path)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path, language):
    (tmp_path / "folder.toml").mkdir()
    for name in ("gone.toml", "folder.toml"):
        with pytest.raises(kl.ModelError, match=name):
            load_model(tmp_path / name)


@pytest.mark.parametrize("name", [5000 * "a", "a\0b", "a\ud800b", "no/such/folder/x", ".", ""])
def test_impossible_names_of_files_are_refused(name, language):
    with pytest.raises(kl.ModelError):
        load_model(f"{name}.toml")


MONSTERS = {
    "lists in lists": "[" * 3000 + "]" * 3000,
    "tables in tables": "{ a = " * 900 + "1" + "}" * 900,
    "too many digits": "9" * 5000,
    "beyond all floats": f"1{400 * '0'}",
}


@pytest.mark.parametrize("value", MONSTERS.values(), ids=MONSTERS)
def test_monstrous_values_are_refused(tmp_path, value, language):
    for place in ("maximum = 10", "rule = 5.5", "weight = 3", "effort = 2"):
        text = (OWN + "\n").replace(place, f"{place.split(' ')[0]} = {value}")
        with pytest.raises(kl.ModelError):
            load_model(written(tmp_path, text))


# Damage of every kind: a file is read or refused, and nothing else happens.


def is_read(path):
    """Return whether a file was read; then it must be fit for use."""
    try:
        model = load_model(path)
    except kl.ModelError:
        return False
    assert str(model.card())
    assert len(model.claims())
    assert (model.cell_of_levels >= 0).all()
    return True


def kind_of(line):
    """Return what lines have in common that differ in their words only."""
    return re.sub(r'"[^"]*"', '""', line)


LINES = {
    name: (SHIPPED / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    for name in shipped_models()
}
FIRST = {}
for name, lines in LINES.items():
    for number, line in enumerate(lines):
        FIRST.setdefault(kind_of(line), (name, number))


@pytest.mark.parametrize("name", shipped_models())
def test_no_line_left_out_or_damaged_breaks_the_reader(tmp_path, name):
    """Every line is left out; the first of each kind is damaged in other ways, too."""
    lines = LINES[name]
    use_language("ja")
    path = tmp_path / f"{name}.toml"
    unfit, refused = [], 0
    for number, line in enumerate(lines):
        damages = [""]
        if FIRST[kind_of(line)] == (name, number):
            damages += [line[: len(line) // 2], f"x{line}", re.sub("= .*", "= {}", line)]
            damages += [re.sub(r'"[^"]*"', "3", line, count=1), line.replace("= ", "= [", 1)]
        for damage in damages:
            text = "\n".join([*lines[:number], damage, *lines[number + 1 :]])
            path.write_text(text, encoding="utf-8")
            try:
                refused += not is_read(path)
            except Exception as error:
                unfit.append((number + 1, damage, repr(error)))
    assert not unfit
    assert refused > len(lines) / 4


NASTY = ["3", "-1", "nan", '"x"', '""', "true", "[]", "[3]", '["x"]', "[[1]]", "[{}]", "{}",
         "{ x = 1 }", '{ en = "x", ja = "x" }', "2026-01-01", "07:00:00", "[1, 2, 3]"]  # fmt: skip
VALUES = r'\{[^{}]*\}|\[[^]]*\]|"[^"]*"|[\w.]+'
ENTRIES = [match.span(1) for match in re.finditer(rf"(?<== )(?=({VALUES}))", FULL)]


@pytest.mark.parametrize("value", NASTY)
def test_no_value_of_the_wrong_kind_breaks_the_reader(tmp_path, value):
    path = tmp_path / "own.toml"
    unfit = []
    for start, end in ENTRIES:
        text = FULL[:start] + value + FULL[end:]
        path.write_text(text, encoding="utf-8")
        try:
            is_read(path)
        except Exception as error:
            unfit.append((FULL[:end].splitlines()[-1], repr(error)))
    assert not unfit
