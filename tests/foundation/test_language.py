import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

import kamlab
from kamlab.foundation import language as lang
from kamlab.foundation.language import Text, join, money, same, say, speaking, use_language

PACKAGE = Path(kamlab.__file__).parent
WORDS = {path.parent.name: path for path in sorted(PACKAGE.glob("*/words.toml"))}
ENTRIES = {
    f"{room}.{key}": entry
    for room, path in WORDS.items()
    for key, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()
}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SAME_IN_BOTH = {"quality.median_of", "foundation.place_column"}


def keys_named_in_code():
    """Keys in the code: whole ones, and patterns of those that are put together."""
    whole, patterns = {}, {}
    for path in PACKAGE.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        pieces = {id(v) for node in nodes if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                is_key = re.fullmatch(rf"({'|'.join(WORDS)})\.[a-z_0-9]+", node.value)
                if is_key and id(node) not in pieces:
                    whole.setdefault(node.value, path.name)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(v.value) if isinstance(v, ast.Constant) else "[a-z_0-9]+"
                    for v in node.values
                ]
                pattern = "".join(parts)
                if re.match(rf"({'|'.join(WORDS)})\\\.", pattern):
                    patterns.setdefault(pattern, path.name)
    return whole, patterns


WHOLE, PATTERNS = keys_named_in_code()


def keys_said():
    """Keys given to `say` as they stand."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield key.value, {k.arg for k in node.keywords}, f"{path.name}:{node.lineno}"


def placeholders(template):
    return {
        name.split(".")[0]
        for _, name, _, _ in string.Formatter().parse(template)
        if name is not None
    }


@pytest.mark.parametrize("key", ENTRIES)
def test_every_text_is_there_in_both_languages_with_the_same_places(key):
    entry = ENTRIES[key]
    assert set(entry) == {"en", "ja"}
    assert all(text.strip() for text in entry.values())
    assert placeholders(entry["en"]) == placeholders(entry["ja"])
    assert not JAPANESE.search(entry["en"]) or key.startswith(("accounts.", "intake."))


@pytest.mark.parametrize("key", sorted(set(ENTRIES) - SAME_IN_BOTH))
def test_the_japanese_text_is_japanese(key):
    template = ENTRIES[key]["ja"]
    plain = "".join(text for text, *_ in string.Formatter().parse(template))
    letters = re.sub(r"[^A-Za-z]", "", plain)
    assert JAPANESE.search(plain) or not re.search(r"[a-z]{3}", letters)


@pytest.mark.parametrize(("key", "given", "where"), list(keys_said()))
def test_every_key_said_exists_and_gets_what_its_places_need(key, given, where):
    assert key in ENTRIES, where
    if None not in given:  # **values are not seen here
        assert placeholders(ENTRIES[key]["en"]) <= given, where


@pytest.mark.parametrize("key", sorted(WHOLE))
def test_every_key_named_in_the_code_exists(key):
    assert key in ENTRIES, WHOLE[key]


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_every_key_put_together_in_the_code_has_entries(pattern):
    assert any(re.fullmatch(pattern, key) for key in ENTRIES), PATTERNS[pattern]


@pytest.mark.parametrize("key", ENTRIES)
def test_every_key_that_exists_is_used(key):
    assert key in WHOLE or any(re.fullmatch(pattern, key) for pattern in PATTERNS)


def test_put_fills_both_languages_each_with_its_own():
    text = Text("{who} has {n}", "{who}は{n}件").put(who=Text("Trust", "信頼"), n=3)
    assert (text.en, text.ja) == ("Trust has 3", "信頼は3件")


@pytest.mark.parametrize("hostile", ["{name}", "{0}", "{}", "a}b{c", "%s", "$x$"])
def test_braces_in_a_value_stay_as_they_are(hostile):
    assert Text("<{v}>", "《{v}》").put(v=hostile).en == f"<{hostile}>"


def test_a_place_without_a_value_is_an_error():
    with pytest.raises(KeyError):
        Text("{a} {b}", "{a} {b}").put(a=1)


def test_texts_are_joined_with_each_languages_comma():
    assert join([same("A"), Text("B", "乙")]) == Text("A, B", "A、乙")
    assert join([]) == Text("", "")
    assert Text("a", "あ") + Text("b", "い") == Text("ab", "あい")


def test_the_language_in_use_chooses_the_wording():
    text = Text("Trust", "信頼")
    assert str(text) == "Trust"
    use_language("ja")
    assert str(text) == f"{text}" == "信頼"


@pytest.mark.parametrize("wrong", ["fr", "JA", "", None, "jp"])
def test_a_third_language_is_refused(wrong):
    with pytest.raises(ValueError, match="en"):
        use_language(wrong)
    assert lang.current_language() == "en"


def test_speaking_returns_to_the_former_language_even_after_an_error():
    with pytest.raises(RuntimeError, match="はい"), speaking("ja"):
        raise RuntimeError(str(say("foundation.yes")))
    assert str(say("foundation.yes")) == "yes"


@pytest.mark.parametrize("key", ["foundation.nothing_like_this", "nowhere.title", "title"])
def test_unknown_words_are_an_error(key):
    with pytest.raises((KeyError, ModuleNotFoundError, FileNotFoundError)):
        say(key)


@pytest.mark.parametrize(
    ("amount", "en", "ja"),
    [
        (0, "0 JPY", "0円"),
        (7, "7 JPY", "7円"),
        (999, "999 JPY", "999円"),
        (1_000, "1 thousand JPY", "1,000円"),
        (9_999, "10 thousand JPY", "1万円"),
        (12_345, "12.3 thousand JPY", "1.23万円"),
        (999_999, "1 million JPY", "100万円"),
        (15_790_112, "15.8 million JPY", "1,580万円"),
        (99_950_000, "100 million JPY", "1億円"),
        (123_456_789, "123 million JPY", "1.23億円"),
        (1_234_567_890, "1.23 billion JPY", "12.3億円"),
        (5.4321e12, "5,430 billion JPY", "5.43兆円"),
        (-15_790_112, "-15.8 million JPY", "-1,580万円"),
        (-0.4, "-0.4 JPY", "-0.4円"),
    ],
)
def test_money_has_three_digits_and_each_languages_units(amount, en, ja):
    assert money(amount, "JPY") == Text(en, ja)


def test_other_currencies_keep_their_code_and_none_leaves_no_blank():
    assert money(2_000_000, "EUR") == Text("2 million EUR", "200万 EUR")
    assert money(2_000_000, "") == Text("2 million", "200万")
