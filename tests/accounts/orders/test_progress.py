"""A word on long reading, where a person watches."""

import io
from contextlib import redirect_stderr

import kamlab as kl
from kamlab.foundation import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_reading_a_file_tells(log, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "BEAT", 0.01)
    log.to_parquet(tmp_path / "orders.parquet")
    with redirect_stderr(Terminal()) as terminal:
        kl.summarise_transactions(tmp_path / "orders.parquet")
    assert "Summarising orders" in terminal.getvalue()
