import pytest

import kamlab as kl
from kamlab.command.main import main


@pytest.fixture
def command(capsys):
    """Run a command; return its exit code, what it wrote, and what it said aside."""

    def run(*arguments, language="en"):
        try:
            code = main([*map(str, arguments), "--language", language])
        except SystemExit as end:
            code = end.code
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture(scope="session")
def export():
    return kl.example_file("messy_export_ja.xlsx")


@pytest.fixture(scope="session")
def answers():
    return kl.example_file("messy_export_ja.toml")


@pytest.fixture
def customers(tmp_path):
    """A clean list of ten customers under kamlab's own headings."""
    lines = ["account_id,name,employees", *(f"A-{n:03},客先{n},{n}0" for n in range(1, 11))]
    path = tmp_path / "accounts.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
