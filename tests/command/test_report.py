import re
import signal
import subprocess
import sys

import pytest

import kamlab as kl


@pytest.fixture
def written(monkeypatch):
    """Let the report be a word, and keep what it was asked for."""
    asked = {}

    def write(company, path, **options):
        asked.update(company=company, **options)
        if options["progress"] is not None:
            options["progress"](1, 9, "the first part")
        path.write_text("report", encoding="utf-8")

    monkeypatch.setattr("kamlab.command.report.write_report", write)
    return asked


def test_the_sample_company_is_taken_without_an_export(command, written, tmp_path):
    path = tmp_path / "out" / "s.html"
    code, out, err = command("report", "--sample", "-o", path)
    assert (code, out, err) == (0, f"Written: {path}\n", "1/9 the first part\n")
    assert path.read_text(encoding="utf-8") == "report"
    assert written["company"] is kl.sample_company()
    assert written["hypotheses"] == "podcast"
    assert (written["accounts"], written["model"], written["seed"]) == (None, None, 0)


def test_options_go_through_and_quiet_says_nothing_aside(command, written, tmp_path):
    typed = ["--model", "webster", "--hypotheses", "literature", "--seed", 7, "--quiet"]
    _, _, err = command("report", "--sample", "-o", tmp_path / "s.html", *typed)
    assert err == ""
    assert (written["model"], written["hypotheses"], written["seed"]) == (
        "webster",
        "literature",
        7,
    )


def test_hypotheses_can_be_left_out(command, written, tmp_path):
    command("report", "--sample", "-o", tmp_path / "s.html", "--hypotheses", "none")
    assert written["hypotheses"] is None


def test_accounts_are_named_with_commas_of_either_kind(command, written, tmp_path):
    command("report", "--sample", "-o", tmp_path / "s.html", "--accounts", "A-001, A-017、A-001")
    assert written["accounts"] == ("A-001", "A-017")


def test_an_export_goes_in_with_what_was_set_aside_and_its_mapping(
    command, written, export, answers, tmp_path
):
    code, _, _ = command("report", export, "--mapping", answers, "-o", tmp_path / "q.html")
    assert code == 0
    assert written["company"].glance()["rows_set_aside"].item() > 0
    assert str(written["mapping"]) == str(answers)


def test_strict_refuses_an_export_with_errors(command, written, export, answers, tmp_path):
    typed = ["report", export, "--mapping", answers, "-o", tmp_path / "q.html", "--strict"]
    code, out, err = command(*typed)
    assert (code, out) == (1, "")
    assert "problem(s) in the data" in err
    assert "check --comments" in err
    assert ".table()" not in err
    assert list(tmp_path.iterdir()) == []


def test_an_export_without_its_mapping_is_told_to_make_one(command, written, export, tmp_path):
    code, _, err = command("report", export, "-o", tmp_path / "q.html", language="ja")
    assert code == 1
    assert f"python -m kamlab mapping {export}" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "name"),
    [([], "accounts_report.html"), (["--accounts", "A-001"], "accounts_accounts.html")],
)
def test_without_a_place_the_report_lies_beside_the_export(command, written, customers, more, name):
    command("report", customers, *more)
    assert (customers.parent / name).is_file()


def test_a_report_that_is_there_is_kept_unless_told_otherwise(command, written, tmp_path):
    path = tmp_path / "s.html"
    path.write_text("old", encoding="utf-8")
    assert command("report", "--sample", "-o", path)[0] == 3
    assert path.read_text(encoding="utf-8") == "old"
    assert command("report", "--sample", "-o", path, "--overwrite")[0] == 0


@pytest.mark.parametrize("name", ["--mapping", "--hypotheses", "--model"])
def test_no_file_that_is_read_is_written_over(command, customers, name, tmp_path):
    given = tmp_path / "mine.toml"
    given.write_text("", encoding="utf-8")
    code, _, err = command("report", customers, name, given, "-o", given, "--overwrite")
    assert code == 2
    assert name in err
    assert given.read_text(encoding="utf-8") == ""


def test_a_file_of_hypotheses_that_is_not_there_is_missed_before_any_work(command, tmp_path):
    typed = ["--sample", "--hypotheses", tmp_path / "none.toml", "-o", tmp_path / "s.html"]
    code, _, err = command("report", *typed)
    assert code == 3
    assert "--hypotheses: there is no" in err


def test_unknown_accounts_are_wrong_use(command, tmp_path):
    code, _, err = command("report", "--sample", "--accounts", "A-9999", "-o", tmp_path / "s.html")
    assert code == 2
    assert "no account A-9999" in err
    assert list(tmp_path.iterdir()) == []


def test_a_list_of_customers_alone_makes_a_whole_report(command, customers, tmp_path):
    path = tmp_path / "out.html"
    code, out, err = command("report", customers, "-o", path, language="ja")
    assert code == 0
    assert out == f"書き出しました：{path}\n"
    steps = re.findall(r"^(\d+)/(\d+) .", err, flags=re.MULTILINE)
    assert [int(step) for step, _ in steps] == list(range(1, int(steps[0][1]) + 1))
    text = path.read_text(encoding="utf-8")
    assert '<html lang="ja">' in text
    assert "Traceback" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_an_interrupted_report_ends_with_130_and_leaves_nothing(tmp_path):
    path = tmp_path / "s.html"
    run = subprocess.Popen(
        [sys.executable, "-m", "kamlab", "report", "--sample", "-o", str(path), "--language", "en"],
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    first = run.stderr.readline()
    run.send_signal(signal.SIGINT)
    err = run.communicate(timeout=60)[1]
    assert first.startswith("1/")
    assert run.returncode == 130
    assert err.endswith("Interrupted; nothing half-written stays.\n")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
