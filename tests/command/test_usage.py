import pytest

from kamlab.command.parser import COMMANDS

JAPANESE = {"usage": "使い方：", "options": "オプション", "help": "この説明を表示する"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_with_an_example(command, name):
    code, out, err = command(name, "--help")
    assert (code, err) == (0, "")
    assert f"python -m kamlab {name} " in out
    assert "Example" in out
    assert "en|ja" in out


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_japanese_where_japanese_is_asked_for(command, name):
    out = command(*filter(None, [name, "--help"]), language="ja")[1]
    assert all(words in out for words in JAPANESE.values())
    assert not [word for word in ("usage", "options:", "show this help", "Example") if word in out]


def test_without_a_command_there_is_help_with_every_command_and_exit_code(command):
    code, out, _ = command()
    assert code == 0
    assert all(f"    {name} " in out for name in COMMANDS)
    assert all(f" {number}  " in out for number in (0, 1, 2, 3, 70, 130))


def test_the_version_is_told(command):
    code, out, _ = command("--version")
    assert code == 0
    assert out.startswith("kamlab ")


@pytest.mark.parametrize(
    ("typed", "said", "japanese"),
    [
        (["chek", "x"], "no command chek (did you mean 'check'?)", "「check」の誤り"),
        (["check"], "missing: EXPORT", "EXPORT を指定してください"),
        (["sample"], "missing: OUT", "OUT を指定してください"),
        (
            ["sample", "x", "--sed"],
            "--sed is not known here (did you mean '--seed'?)",
            "「--sed」は",
        ),
        (["sample", "x", "--seed"], "--seed needs a value", "--seed の後に値を"),
        (["sample", "x", "--seed=-3"], "'-3' is not a whole number", "0以上の整数ではありません"),
        (["sample", "x", "--seed", "1.5"], "'1.5' is not a whole number", "「1.5」は"),
        (["sample", "x", "--overwrite=yes"], "--overwrite takes no value", "値は付けられません"),
        (["sample", "x", "y", "z"], "y is not known here", "「z」は使えません"),
        (["report"], "name an export, or say --sample", "どちらか一方を"),
        (["report", "x", "--sample"], "name an export, or say --sample", "どちらか一方を"),
        (["report", "--sample", "--mapping", "m"], "--mapping has no meaning", "--mapping は"),
        (
            ["report", "--sample", "--accounts", " , "],
            "no account id is given",
            "顧客IDがありません",
        ),
        (
            ["report", "--sample", "--accounts", "A", "--hypotheses", "podcast"],
            "--hypotheses has no meaning with --accounts",
            "--hypotheses は",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_both_languages_with_the_way_to_help(
    command, typed, said, japanese
):
    code, out, err = command(*typed)
    assert (code, out) == (2, "")
    assert said in err
    assert err.splitlines()[-1].startswith("Help: python -m kamlab")
    assert japanese in command(*typed, language="ja")[2]


def test_all_that_does_not_fit_is_told_at_once(command):
    typed = ["report", "x", "--sample", "--mapping", "m", "--strict", "--currency", "JPY"]
    err = command(*typed)[2]
    for words in ("name an export", "--mapping has", "--strict has", "--currency has"):
        assert words in err


def test_a_third_language_is_refused(command, capsys):
    code, _, err = command("--language", "fr", "check", "x")
    assert code == 2
    assert "'fr' is neither en nor ja" in err
