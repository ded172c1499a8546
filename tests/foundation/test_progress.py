"""A word on long work, where a person watches."""

import io
import threading
import time
from contextlib import redirect_stderr

import pytest

from kamlab.foundation import progress
from kamlab.foundation.language import Text
from kamlab.foundation.progress import somebody_watches, watched

WORK = Text("Digging", "掘っています")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "BEAT", 0.01)


def wait_for(stream, word):
    for _ in range(1_000):
        if word in stream.getvalue():
            return
        time.sleep(0.01)
    raise AssertionError(stream.getvalue())


def test_long_work_says_how_far_it_is(impatient, language):
    done = iter([0, 12, *[50] * 10_000])
    with redirect_stderr(Terminal()) as terminal, watched(WORK, lambda: next(done)):
        wait_for(terminal, "12")
        wait_for(terminal, "50")
    assert terminal.getvalue().endswith("\n")
    assert str(WORK) in terminal.getvalue()


def test_work_of_unknown_length_says_how_long_it_has_taken(impatient, language):
    with redirect_stderr(Terminal()) as terminal, watched(WORK):
        wait_for(terminal, "0")
    assert "%" not in terminal.getvalue()


def test_short_work_says_nothing():
    with redirect_stderr(Terminal()) as terminal, watched(WORK):
        pass
    assert terminal.getvalue() == ""


def test_a_log_is_told_nothing(impatient):
    with redirect_stderr(io.StringIO()) as stream, watched(WORK):
        assert not somebody_watches()
        time.sleep(0.05)
    assert stream.getvalue() == ""


def test_a_notebook_watches():
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    with redirect_stderr(stream):
        assert somebody_watches()


def test_an_error_in_the_work_ends_the_word(impatient):
    before = threading.active_count()
    with redirect_stderr(Terminal()), pytest.raises(ValueError, match="broken"), watched(WORK):
        raise ValueError("broken")
    assert threading.active_count() == before
