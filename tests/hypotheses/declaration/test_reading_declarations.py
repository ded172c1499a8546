"""A declaration's file is read whole, or refused with every mistake and its line."""

import re
import tomllib

import pytest

import kamlab as kl
from kamlab.foundation.claims import Status
from kamlab.foundation.language import Text, use_language
from tests.hypotheses.declaration.declared_texts import FULL, TRUST, WALLET, without, written

SEAL = """
[[seal]]
declared_on = 2026-01-31
dated_by = "hand"
sha256 = "00"
text = "words"
"""


def complaints(tmp_path, text):
    with pytest.raises(kl.ModelError) as caught:
        kl.load_hypotheses(written(tmp_path, text))
    head, *problems = str(caught.value).split("\n- ")
    assert "ours.toml" in head
    return problems


def test_everything_in_a_file_is_read(tmp_path):
    declared = kl.load_hypotheses(written(tmp_path, FULL))
    assert [h.name for h in declared] == ["trust_keeps", "better_list", "path", "beyond"]
    assert (declared.correction, declared.conf_level) == ("bh", 0.9)
    assert declared.title == Text("Ours", "自社の仮説")
    trust, better, path, beyond = declared
    assert (trust.term, trust.above, trust.below, trust.family) == ("trust", 0.05, None, "quality")
    assert trust.corrected
    assert trust.statement == TRUST.statement
    assert trust.source.value == trust.statement
    assert (trust.source.status, trust.source.page) == (Status.SECONDARY, "3")
    assert (better.rival, better.measure, better.capacity) == ("stayed ~ size", "lift", 10)
    assert better.statement == Text("Behaviour finds leavers.", "Behaviour finds leavers.")
    assert path.model.splitlines()[2] == "commitment ~ trust"
    assert (path.table, path.above, path.below) == ("survey", 0.1, 0.9)
    assert str(beyond.not_measurable) == "Nobody listens."
    assert beyond.source.value == 43


def test_what_is_left_out_is_holm_at_95_percent(tmp_path):
    text = FULL[FULL.index("[hypothesis.trust_keeps]") : FULL.index("[hypothesis.better_list]")]
    declared = kl.load_hypotheses(written(tmp_path, text))
    assert (declared.correction, declared.conf_level, str(declared.title)) == ("holm", 0.95, "")


def test_a_hypothesis_is_found_by_its_name(tmp_path, language):
    declared = kl.load_hypotheses(written(tmp_path, FULL))
    assert declared["path"].method == "sem"
    with pytest.raises(kl.ArgumentError, match="better_list"):
        declared["beter_list"]


# What is changed, what by, words that must be said, and a part of the damaged file on whose line.
MISTAKES = {
    "heading": ("[declaration]", "[decleration]", ["decleration"], "[decleration]"),
    "key of the head": ("conf_level = 0.9", "conf_levle = 0.9", ["conf_levle"], "conf_levle"),
    "correction": ('"bh"', '"bonferroni"', ["bonferroni", "holm", "bh", "none"], "correction ="),
    "correction a list": ('correction = "bh"', "correction = [1]", ["holm"], "correction ="),
    "level": ("conf_level = 0.9", "conf_level = 95", ["95"], "conf_level"),
    "level in words": ("conf_level = 0.9", 'conf_level = "high"', ["high"], "conf_level"),
    "title in one language": ('en = "Ours", ', "", ["en"], "title ="),
    "key of a hypothesis": ("above = 0.05", "abvoe = 0.05\nabove = 0.05", ["abvoe"], "abvoe"),
    "end in words": ("above = 0.05", 'above = "some"', ["some"], 'above = "some"'),
    "end beyond numbers": ("above = 0.05", "above = nan", ["nan"], "above = nan"),
    "flag": ("corrected = true", 'corrected = "yes"', ["yes", "true"], "corrected ="),
    "capacity": ("capacity = 10", "capacity = 10.5", ["10.5"], "capacity ="),
    "statement in one language": (', ja = "信頼する顧客は残る。"', "", ["ja"], "statement = {"),
    "model no words": ('model = "stayed ~ meetings_a_year"', "model = 3", ["model"], "model = 3"),
    "reason in one language": (', ja = "聞いている人がいない。"', "", ["ja"], "not_measurable ="),
    "status": ('status = "secondary"', 'status = "sure"', ["sure", "published"], "source = { s"),
    "no source": ('source = "a talk"', 'source = ""', ["secondary"], "source = { s"),
    "key of a source": ('page = "3"', 'pgae = "3"', ["pgae", "page"], "source = { s"),
    "source in words": (
        'source = { status = "secondary", source = "a talk", page = "3" }',
        'source = "a talk"',
        ["a talk"],
        'source = "a talk"',
    ),
    "order of ends": ("below = 0.9", "below = 0.05", ["above", "below"], "[hypothesis.path]"),
    "method": ('"sem"', '"sme"', ["method", "retention"], "[hypothesis.path]"),
    "no end": ("above = 0\n", "", ["above", "below"], "[hypothesis.better_list]"),
    "table": ('table = "survey"', 'table = "periods"', ["table"], "[hypothesis.path]"),
    "name": ("[hypothesis.path]", "[hypothesis.Path]", ["name"], "[hypothesis.Path]"),
    "quoted name": ("[hypothesis.path]", '[hypothesis."a b"]', ["name"], '[hypothesis."a b"]'),
    "tested and not measurable": (
        "not_measurable",
        "above = 1\nnot_measurable",
        ["above"],
        "[hypothesis.beyond]",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_reason(tmp_path, mistake, language):
    old, new, words, place = MISTAKES[mistake]
    assert FULL.count(old) == 1
    damaged = FULL.replace(old, new)
    tomllib.loads(damaged)
    assert damaged.count(place) == 1
    line = damaged[: damaged.index(place)].count("\n") + 1
    told = [one for one in complaints(tmp_path, damaged) if all(word in one for word in words)]
    start = {"en": f"line {line}, ", "ja": f"{line}行目、"}[language]
    assert any(one.startswith(start) for one in told), (line, told)


def test_a_statement_is_needed(tmp_path, language):
    (told,) = complaints(tmp_path, without(FULL, "statement"))
    assert "statement" in told
    assert "trust_keeps" in told


def test_every_mistake_is_told_at_once(tmp_path):
    damaged = FULL
    for old, new, *_ in (MISTAKES[name] for name in ("correction", "end in words", "no end")):
        damaged = damaged.replace(old, new)
    damaged += SEAL.replace("2026-01-31", '"today"').replace('"hand"', '"ear"')
    told = complaints(tmp_path, damaged)
    assert len(told) == 5
    for words in ("bonferroni", "some", "better_list", "today", "'ear'"):
        assert sum(words in one for one in told) == 1


SEALS = {
    "day with time": ("2026-01-31", "2026-01-31T12:00:00", "12"),
    "day in words": ("2026-01-31", '"31 January"', "31 January"),
    "dated by": ('"hand"', '"me"', "clock"),
    "text": ('"words"', "7", "7"),
    "key": ("sha256", "sha265", "sha265"),
}


@pytest.mark.parametrize("mistake", SEALS)
def test_a_mistake_in_a_seal_is_told_with_its_line(tmp_path, mistake, language):
    old, new, word = SEALS[mistake]
    damaged = FULL + SEAL.replace(old, new)
    line = damaged[: damaged.index(new)].count("\n") + 1
    start = {"en": f"line {line}, ", "ja": f"{line}行目、"}[language]
    assert any(one.startswith(start) and word in one for one in complaints(tmp_path, damaged))


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "hypothesis"), ("hypothesis = 3", "hypothesis"), ("seal = 3\n" + FULL, "[[seal]]")],
)
def test_a_file_without_blocks_is_refused(tmp_path, text, word, language):
    assert any(word in one for one in complaints(tmp_path, text))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[declaration", b"\x81\x40 = 1"])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path, content, language):
    path = tmp_path / "ours.toml"
    path.write_bytes(content)
    with pytest.raises(kl.ModelError, match=r"ours\.toml"):
        kl.load_hypotheses(path)


def test_a_file_that_is_not_there_is_told_by_its_path(tmp_path, language):
    with pytest.raises(kl.ModelError, match=r"nowhere\.toml"):
        kl.load_hypotheses(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("wrong", [3, None, TRUST, ["podcast"]])
def test_what_is_neither_name_nor_path_is_refused(wrong, language):
    with pytest.raises(kl.ArgumentError, match=type(wrong).__name__):
        kl.load_hypotheses(wrong)


def test_an_unknown_library_is_told_with_the_nearest(language):
    with pytest.raises(kl.ArgumentError, match=r"podcast.*literature|literature.*podcast"):
        kl.load_hypotheses("podcats")


def test_a_file_with_a_byte_order_mark_and_windows_lines_is_read(tmp_path):
    plain = kl.load_hypotheses(written(tmp_path, FULL))
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert kl.load_hypotheses(path).text == plain.text


def test_the_table_has_a_row_per_hypothesis_in_the_language_in_use(tmp_path):
    declared = kl.declare_hypotheses(
        [TRUST, WALLET, *kl.load_hypotheses(written(tmp_path, FULL)).hypotheses[3:]],
        tmp_path / "new.toml",
    )
    table = declared.table()
    assert table["hypothesis"].tolist() == ["trust_keeps", "wallet", "beyond"]
    assert table["claim"].tolist()[:2] == ["effect > 0.05", "0.1 < effect < 0.8"]
    assert table["method"].tolist()[:2] == ["retention", "correlation"]
    assert table["status"].dropna().tolist() == ["secondary", "computed"]
    assert table.loc[2, ["claim", "method", "model", "effect_of"]].isna().all()
    assert table["not_measurable"].isna().tolist() == [True, True, False]
    use_language("ja")
    assert declared.table()["statement"][0] == "信頼する顧客は残る。"
    assert all(
        re.search("[ぁ-ん一-龠]", name) for name in kl.labelled(declared.table()).columns[:3]
    )
