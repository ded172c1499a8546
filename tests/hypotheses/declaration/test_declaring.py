"""What is declared is sealed with its day and hash, and what is changed later shows."""

import json
import re
import tomllib
from datetime import date, timedelta
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kamlab as kl
from kamlab.foundation.language import Text, use_language
from kamlab.hypotheses.declaration.seal import Seal
from tests.hypotheses.declaration.declared_texts import FULL, TRUST, WALLET, edited, written

TODAY = date.today()
FIRST = date(2026, 1, 15)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ours.toml"


def test_what_is_declared_is_read_back_as_it_was(path):
    declared = kl.declare_hypotheses([TRUST, WALLET], path, title="Ours", conf_level=0.9)
    assert declared.hypotheses[1] == WALLET
    assert declared["trust_keeps"].source.citation == TRUST.source.citation
    assert (declared.conf_level, declared.correction, str(declared.title)) == (0.9, "holm", "Ours")
    again = kl.load_hypotheses(path)
    assert again.text == declared.text
    assert len(again) == 2


def test_the_seal_is_the_sha256_of_lines_of_json_that_anybody_can_check(path):
    kl.declare_hypotheses([WALLET, TRUST], path)
    (seal,) = tomllib.loads(path.read_text(encoding="utf-8"))["seal"]
    dated = f"{seal['declared_on']} {seal['dated_by']}"
    assert seal["sha256"] == sha256(f"{dated}\n{seal['text']}".encode()).hexdigest()
    rules, first, second = map(json.loads, seal["text"].splitlines())
    assert rules == {"conf_level": 0.95, "correction": "holm"}
    assert second == {
        "name": "wallet",
        "statement": {"en": str(WALLET.statement), "ja": str(WALLET.statement)},
        "method": "correlation",
        "model": "commitment ~ share_of_wallet",
        "table": "accounts",
        "above": 0.1,
        "below": 0.8,
    }
    assert first["name"] == "trust_keeps"
    assert first["source"] == {
        "value": {"en": "Trust keeps customers.", "ja": "Trust keeps customers."},
        "status": "secondary",
        "source": {"en": "a talk", "ja": "a talk"},
        "page": {"en": "3", "ja": "3"},
    }
    for line in seal["text"].splitlines():
        assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True)


def test_defaults_are_what_seals_of_files_already_made_rest_on():
    # An entry that is left out of a sealed text means these; other defaults would change it.
    plain = kl.Hypothesis(name="a", statement="b", model="y ~ x", term="x", above=0)
    assert (plain.method, plain.table, plain.measure) == ("retention", "periods", "auc")
    assert (plain.capacity, plain.corrected, plain.family) == (20, False, "main")


def test_the_seal_is_dated_by_the_clock_or_by_hand(path, tmp_path):
    (seal,) = kl.declare_hypotheses([TRUST], path).seals
    assert (seal.declared_on, seal.dated_by) == (TODAY, "clock")
    (seal,) = kl.declare_hypotheses([TRUST], tmp_path / "b.toml", declared_on=FIRST).seals
    assert (seal.declared_on, seal.dated_by) == (FIRST, "hand")


def test_order_and_title_do_not_count(path, tmp_path):
    one = kl.declare_hypotheses([TRUST, WALLET], path, title="One")
    other = kl.declare_hypotheses([WALLET, TRUST], tmp_path / "b.toml", title="Other")
    assert one.text == other.text


@pytest.mark.parametrize(
    "change",
    [
        {"above": 0.06}, {"term": "tenure"}, {"corrected": False}, {"family": "main"},
        {"statement": Text("Trust keeps customers.", "信頼は続く。")}, {"below": 2.0},
        {"source": kl.Claim(1, "design")}, {"model": "stayed ~ trust"}, {"source": None},
    ],
)  # fmt: skip
def test_everything_else_counts(path, change):
    fields = {name: getattr(TRUST, name) for name in TRUST.__dataclass_fields__}
    kl.declare_hypotheses([TRUST], path)
    changed = kl.declare_hypotheses([kl.Hypothesis(**fields | change)], path)
    assert len(changed.seals) == 2
    assert changed.changes()["field"].str.startswith(next(iter(change))).all()
    assert len(changed.changes())


@pytest.mark.parametrize("rules", [{"correction": "bh"}, {"conf_level": 0.99}])
def test_correction_and_level_count_too(path, rules):
    kl.declare_hypotheses([TRUST], path)
    changed = kl.declare_hypotheses([TRUST], path, **rules)
    assert len(changed.seals) == 2
    (row,) = changed.changes().itertuples(index=False)
    assert (row.hypothesis, row.field) == ("declaration", next(iter(rules)))
    assert kl.declare_hypotheses([TRUST], path).text == changed.text  # rules of the file stay


def test_declaring_the_same_again_changes_nothing(path):
    kl.declare_hypotheses([TRUST, WALLET], path, title="Ours", declared_on=FIRST)
    before = path.read_bytes()
    again = kl.declare_hypotheses([WALLET, TRUST], path)
    assert path.read_bytes() == before
    assert [seal.declared_on for seal in again.seals] == [FIRST]


def test_a_new_title_is_written_without_a_new_seal(path):
    kl.declare_hypotheses([TRUST], path, title="Old", declared_on=FIRST)
    again = kl.declare_hypotheses([TRUST], path, title=Text("New", "新しい"))
    assert (again.title, len(again.seals)) == (Text("New", "新しい"), 1)


def test_a_change_by_hand_shows_until_it_is_sealed(path):
    kl.declare_hypotheses([TRUST, WALLET], path, declared_on=FIRST)
    edited(path, "above = 0.05", "above = 0.2")
    changed = kl.load_hypotheses(path)
    assert (changed.state, changed.sealed_on, changed.first_declared_on) == ("changed", None, FIRST)
    (row,) = changed.changes().to_dict("records")
    assert (row["hypothesis"], row["field"], row["was"], row["is"]) == (
        "trust_keeps", "above", "0.05", "0.2",
    )  # fmt: skip
    assert str(row["since"]) == "NaT"
    assert (changed.declared_on("trust_keeps"), changed.declared_on("wallet")) == (None, FIRST)
    sealed = kl.declare_hypotheses(changed, path)
    assert (sealed.state, sealed.sealed_on, sealed.first_declared_on) == ("sealed", TODAY, FIRST)
    assert sealed.changes()["since"].tolist() == [np.datetime64(TODAY)]
    assert (sealed.declared_on("trust_keeps"), sealed.declared_on("wallet")) == (TODAY, FIRST)


def test_sealing_what_was_edited_keeps_comments(path):
    kl.declare_hypotheses([TRUST], path, declared_on=FIRST)
    edited(path, "above = 0.05", "above = 0.2  # after the meeting")
    before = path.read_text(encoding="utf-8")
    kl.declare_hypotheses(kl.load_hypotheses(path), path)
    assert path.read_text(encoding="utf-8").startswith(before)


def test_earlier_seals_are_never_lost(path):
    days = [FIRST + timedelta(days=n) for n in range(4)]
    fields = {name: getattr(TRUST, name) for name in TRUST.__dataclass_fields__}
    for n, day in enumerate(days):
        one = kl.Hypothesis(**fields | {"above": n / 10})
        kl.declare_hypotheses([one], path, declared_on=day)
    declared = kl.load_hypotheses(path)
    assert [seal.declared_on for seal in declared.seals] == days
    assert [seal.parts["trust_keeps"]["above"] for seal in declared.seals] == [0.0, 0.1, 0.2, 0.3]
    assert declared.changes()["since"].tolist() == [np.datetime64(days[3])]


def test_going_back_counts_from_the_first_time(path):
    fields = {name: getattr(TRUST, name) for name in TRUST.__dataclass_fields__}
    other = kl.Hypothesis(**fields | {"above": 0.3})
    for n, one in enumerate([TRUST, other, TRUST]):
        back = kl.declare_hypotheses([one], path, declared_on=FIRST + timedelta(days=n))
    assert (len(back.seals), back.sealed_on, len(back.changes())) == (3, FIRST, 0)


def test_what_is_added_and_taken_away_is_a_row_each(path):
    kl.declare_hypotheses([TRUST, WALLET], path, declared_on=FIRST)
    extra = kl.load_hypotheses("podcast")["p05_ten_years"]
    changed = kl.declare_hypotheses([WALLET, extra], path)
    rows = changed.changes().set_index("hypothesis")
    assert set(rows.index) == {"trust_keeps", "p05_ten_years"}
    assert (rows["field"] == "hypothesis").all()
    assert rows.loc["trust_keeps", "was"] == "Trust keeps customers."
    assert rows.loc["p05_ten_years", "is"] == str(extra.statement)
    assert rows["is"].isna()["trust_keeps"]
    assert rows["was"].isna()["p05_ten_years"]
    assert changed.declared_on("wallet") == FIRST


@pytest.mark.parametrize("kind", ["text", "hash", "day", "unreadable"])
def test_a_broken_seal_is_told_and_counts_for_nothing(path, kind, language):
    kl.declare_hypotheses([TRUST], path, declared_on=FIRST)
    text = path.read_text(encoding="utf-8")
    head, _, tail = text.partition("[[seal]]")
    if kind == "text":
        tail = tail.replace('"above": 0.05', '"above": 0.01')
    elif kind == "day":
        tail = tail.replace("declared_on = 2026-01-15", "declared_on = 2026-01-14")
    elif kind == "hash":
        tail = re.sub('sha256 = "..', 'sha256 = "zz', tail)
    else:
        tail = re.sub("'''.*'''", '"words"', tail, flags=re.DOTALL)
        dated = f"{FIRST} hand\nwords".encode()
        tail = re.sub('sha256 = ".*"', f'sha256 = "{sha256(dated).hexdigest()}"', tail)
    path.write_text(f"{head}[[seal]]{tail}", encoding="utf-8")
    day = "2026-01-14" if kind == "day" else "2026-01-15"
    with pytest.warns(kl.DataWarning, match=day):
        declared = kl.load_hypotheses(path)
    assert (declared.state, declared.sealed_on, declared.first_declared_on) == (
        "broken",
        None,
        None,
    )
    with pytest.raises(kl.NotApplicable, match=re.escape(str(declared.standing))):
        declared.changes()
    with pytest.warns(kl.DataWarning, match=day):
        mended = kl.declare_hypotheses(declared, path)
    assert [seal.is_broken for seal in mended.seals] == [True, False]
    assert (mended.state, mended.sealed_on) == ("sealed", TODAY)


def test_what_was_never_sealed_says_so(tmp_path, language):
    declared = kl.load_hypotheses(written(tmp_path, FULL))
    assert (declared.state, declared.declared_on("path")) == ("unsealed", None)
    with pytest.raises(kl.NotApplicable):
        declared.changes()
    assert str(declared.standing) in repr(declared)
    assert kl.declare_hypotheses(declared, declared.path).state == "sealed"


@pytest.mark.parametrize("code", ["en", "ja"])
def test_a_library_is_declared_in_a_file_of_ones_own(path, code):
    use_language(code)
    library = kl.load_hypotheses("podcast")
    declared = kl.declare_hypotheses(library, path)
    assert declared.text == library.text
    assert (declared.title, declared.correction) == (library.title, library.correction)
    assert library.seals == ()


# --- What cannot be declared ---
def fail(*words, **call):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.declare_hypotheses(**call)
    for word in words:
        assert str(word) in str(caught.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path, language):
    fail(
        "int", "trust_keeps", "bonferroni", "95", ".toml", TODAY + timedelta(days=9),
        hypotheses=[TRUST, TRUST, 3], path=tmp_path / "ours.txt", correction="bonferroni",
        conf_level=95, declared_on=TODAY + timedelta(days=9), title=7,
    )  # fmt: skip
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [[], "podcast", None, 3, [TRUST, "x"]])
def test_what_are_no_hypotheses_is_refused(path, wrong, language):
    fail(hypotheses=wrong, path=path)
    assert not path.exists()


@pytest.mark.parametrize("day", ["2026-01-15", 20260115, np.datetime64("2026-01-15")])
def test_what_is_no_day_is_refused(path, day, language):
    fail("declared_on", hypotheses=[TRUST], path=path, declared_on=day)


def test_a_day_before_the_last_seal_is_refused(path, language):
    kl.declare_hypotheses([TRUST], path, declared_on=FIRST)
    earlier = FIRST - timedelta(days=1)
    fail(FIRST, earlier, hypotheses=[TRUST, WALLET], path=path, declared_on=earlier)


def test_a_value_that_no_file_can_hold_is_refused(path, language):
    odd = kl.Hypothesis(
        name="odd", statement="Odd.", model="y ~ x", term="x", above=0,
        source=kl.Claim((1, 2), "design"),
    )  # fmt: skip
    fail("odd", hypotheses=[odd], path=path)


@pytest.mark.parametrize("content", ["[table]\nname = 1\n", "", "no toml", "[declaration]\n"])
def test_a_file_that_is_no_declaration_stays_as_it_is(path, content, language):
    path.write_text(content, encoding="utf-8")
    fail("ours.toml", hypotheses=[TRUST], path=path)
    assert path.read_text(encoding="utf-8") == content


def test_a_declaration_of_other_hypotheses_stays_as_it_is(path, language):
    kl.declare_hypotheses([WALLET], path, title="Wallets")
    before = path.read_bytes()
    fail("Wallets", hypotheses=[TRUST], path=path)
    assert path.read_bytes() == before


def test_a_change_by_hand_that_nobody_sealed_is_not_overwritten(path, language):
    kl.declare_hypotheses([TRUST], path)
    edited(path, "above = 0.05", "above = 0.2")
    before = path.read_bytes()
    fail("load_hypotheses", hypotheses=[TRUST, WALLET], path=path)
    assert path.read_bytes() == before


def test_a_folder_in_the_way_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(kl.KamlabError, match="file"):
        kl.declare_hypotheses([TRUST], tmp_path / "file" / "ours.toml")


def test_folders_are_made_and_nothing_is_left_beside_the_file(tmp_path):
    kl.declare_hypotheses([TRUST], tmp_path / "a" / "b" / "ours.toml")
    assert [one.name for one in (tmp_path / "a" / "b").iterdir()] == ["ours.toml"]


WORDS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\"\\#\n\r\t\x7f"), min_size=1
).filter(str.strip)


@given(WORDS, WORDS, st.floats(allow_nan=False, allow_infinity=False), WORDS)
def test_any_words_and_numbers_come_back_from_the_file(tmp_path_factory, en, model, above, source):
    one = kl.Hypothesis(
        name="any",
        statement=Text(en, model),
        method="correlation",
        model=model,
        above=above,
        family=en,
        source=kl.Claim(above, "published", source, page=en),
    )
    path = tmp_path_factory.mktemp("any") / "any.toml"
    declared = kl.declare_hypotheses([one], path, title=Text(model, en))
    back = declared["any"]
    assert (back.statement, back.model, back.above, back.family) == (
        one.statement, model, above, en,
    )  # fmt: skip
    assert str(back.source.source) == source
    assert (declared.state, declared.title) == ("sealed", Text(model, en))
    assert not Seal.of(declared.text, FIRST, "hand").is_broken
