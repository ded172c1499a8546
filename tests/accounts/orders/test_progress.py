"""A word on long work, where a person watches."""

import io
import sys
import time

import pytest

import kamlab as kl
from kamlab.accounts.orders import progress
from kamlab.accounts.orders.progress import somebody_watches, watched


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    monkeypatch.setattr(progress, "BEAT", 0.01)
    return stream


def wait_for(stream, word):
    for _ in range(1_000):
        if word in stream.getvalue():
            return
        time.sleep(0.01)
    raise AssertionError(stream.getvalue())


def test_long_work_says_how_far_it_is(terminal, language):
    done = iter([0, 12, *[50] * 10_000])
    with watched(lambda: next(done)):
        wait_for(terminal, "12")
        wait_for(terminal, "50")
    assert terminal.getvalue().endswith("\n")


def test_work_of_unknown_length_says_how_long_it_has_taken(terminal, language):
    with watched():
        wait_for(terminal, "0")
    assert "%" not in terminal.getvalue()


def test_short_work_says_nothing(terminal, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 600.0)
    with watched():
        pass
    assert terminal.getvalue() == ""


def test_a_log_is_told_nothing(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    assert not somebody_watches()
    with watched():
        time.sleep(0.05)
    assert stream.getvalue() == ""


def test_a_notebook_watches(monkeypatch):
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr(sys, "stderr", stream)
    assert somebody_watches()


def test_an_error_in_the_work_ends_the_word(terminal):
    with pytest.raises(ValueError, match="broken"), watched():
        raise ValueError("broken")


def test_reading_a_file_says_how_far_it_is(log, tmp_path, terminal, monkeypatch):
    log.to_parquet(tmp_path / "orders.parquet")
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    kl.summarise_transactions(tmp_path / "orders.parquet")
    assert "Summarising orders" in terminal.getvalue()
