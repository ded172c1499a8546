import os
import subprocess
import sys
import warnings

import pytest

from kamlab.command import main as door
from kamlab.command.exits import Exit, Unsettled, exit_of
from kamlab.command.main import main
from kamlab.foundation.errors import (
    ArgumentError,
    DataError,
    DataWarning,
    KamlabError,
    ModelError,
    NotApplicable,
)
from kamlab.foundation.language import current_language, same


@pytest.fixture
def instead(monkeypatch):
    """Let a command do something else."""

    def put(action):
        monkeypatch.setattr(door, "_run", lambda options: action())

    return put


def raising(error):
    def action():
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataError([]), 1),
        (NotApplicable(same("why")), 1),
        (Unsettled(same("open")), 1),
        (ArgumentError(same("unknown")), 2),
        (ModelError(same("wrong")), 2),
        (KamlabError(same("there")), 3),
    ],
)
def test_every_kind_of_error_has_its_exit_code_and_is_told_as_a_sentence(
    command, instead, error, code
):
    instead(raising(error))
    assert exit_of(error) == code
    assert command("check", "x") == (code, "", f"{error}\n")


def test_an_error_of_the_system_is_told_with_its_file(command, instead):
    instead(raising(PermissionError(13, "Permission denied", "crm.xlsx")))
    code, _, err = command("check", "x")
    assert code == Exit.FILE
    assert err == "The system refuses: crm.xlsx Permission denied\n"


def test_a_mistake_of_ours_is_owned_and_leaves_what_helps_to_mend_it(command, instead):
    instead(raising(ZeroDivisionError("division by zero")))
    code, _, err = command("check", "x")
    assert code == 70
    assert err.startswith("This is a mistake in kamlab")
    assert "ZeroDivisionError" in err


def test_an_interruption_is_told(command, instead):
    instead(raising(KeyboardInterrupt()))
    code, _, err = command("check", "x", language="ja")
    assert code == 130
    assert err.startswith("中断しました")


def test_warnings_of_kamlab_are_told_once_and_those_for_programmers_not(command, instead):
    def action():
        for _ in range(2):
            warnings.warn("three rows are out", DataWarning, stacklevel=1)
            warnings.warn("overflow", RuntimeWarning, stacklevel=1)
        return Exit.DONE

    instead(action)
    assert command("check", "x") == (0, "", "Note: three rows are out\n")


def test_warnings_before_an_error_are_told_too(command, instead):
    def action():
        warnings.warn("three rows are out", DataWarning, stacklevel=1)
        raise NotApplicable(same("too few are left"))

    instead(action)
    assert command("check", "x") == (1, "", "Note: three rows are out\ntoo few are left\n")


def test_the_language_of_a_command_does_not_outlast_it(command):
    command("--version", language="ja")
    assert current_language() == "en"


def environment(**changes):
    return {**os.environ, "LC_ALL": "C", **changes}


def test_python_m_kamlab_writes_utf8_even_where_the_system_knows_only_ascii(export):
    run = subprocess.run(
        [sys.executable, "-m", "kamlab", "check", "nothing_here_株式会社.xlsx", "--language", "ja"],
        capture_output=True,
        env=environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0"),
        check=False,
    )
    assert run.returncode == 3
    assert "がありません" in run.stderr.decode("utf-8")
    assert run.stdout == b""


def test_help_does_not_wait_for_heavy_libraries():
    code = "import sys; from kamlab.command.main import main\ntry: main(['report', '--help'])"
    code += "\nfinally: assert 'pandas' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_a_reader_who_leaves_early_is_no_error_to_talk_about(customers):
    # `head` closes the pipe; here nobody ever reads.
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(
        [sys.executable, "-m", "kamlab", "check", str(customers), "--language", "en"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (run.returncode, run.stderr) == (3, b"")


def test_main_takes_what_was_typed_if_nothing_is_given(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["kamlab", "--version"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("kamlab ")
