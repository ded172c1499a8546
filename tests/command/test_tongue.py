import locale

import pytest

from kamlab.command.tongue import language_of


@pytest.mark.parametrize(
    ("typed", "environment", "expected"),
    [
        ([], {"LANG": "ja_JP.UTF-8"}, "ja"),
        ([], {"LANG": "C"}, "en"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.eucJP"}, "ja"),
        ([], {"LANG": "ja", "LC_ALL": ""}, "ja"),
        (["check", "--language", "en"], {"LANG": "ja_JP"}, "en"),
        (["--language=ja", "check"], {"LANG": "C"}, "ja"),
        (["check", "--language"], {"LANG": "ja_JP"}, "ja"),
        (["check", "--language", "fr"], {"LANG": "ja_JP"}, "ja"),
    ],
)
def test_what_is_asked_for_goes_before_what_the_system_says(typed, environment, expected):
    assert language_of(typed, environment) == expected


@pytest.mark.parametrize(("system", "expected"), [("Japanese_Japan", "ja"), (None, "en")])
def test_windows_has_no_variable_and_says_it_otherwise(monkeypatch, system, expected):
    monkeypatch.setattr(locale, "getlocale", lambda: (system, "932"))
    assert language_of([], {}) == expected
