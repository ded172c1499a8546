"""make.py and the set-up behind it, without a network: what is noticed, done and said."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

import make
from tools import environment

ROOT = Path(__file__).resolve().parents[2]
ON_WINDOWS = os.name == "nt"


@pytest.fixture(autouse=True)
def this_checkout_keeps_its_hooks(monkeypatch):
    monkeypatch.setattr(make, "install_hook", lambda root: "")


@pytest.fixture
def checkout(tmp_path):
    """Return a folder with a finished set-up: a real interpreter, one package, a stamp."""
    root = tmp_path / "ある フォルダ"
    root.mkdir()
    (root / "requirements.lock").write_text("pandas==3.1.1\n", encoding="utf-8")
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    command = [sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")]
    subprocess.run(command, check=True)
    (environment.site_packages(root) / "pandas").mkdir()
    environment.write_stamp(root)
    return root


def stamp_file(root):
    return root / ".venv" / "kamlab.json"


# What is noticed


def test_finished_environment_is_ready(checkout):
    assert environment.condition(checkout)[0] == "ready"


def test_packages_that_a_user_adds_do_no_harm(checkout):
    (environment.site_packages(checkout) / "seaborn").mkdir()
    assert environment.condition(checkout)[0] == "ready"


def remove_venv(root):
    shutil.rmtree(root / ".venv")


def remove_stamp(root):
    stamp_file(root).unlink()


def cut_stamp_short(root):
    stamp_file(root).write_text('{"root": ', encoding="utf-8")


def write_stamp_of_another_kind(root):
    stamp_file(root).write_text("{}", encoding="utf-8")


def remove_interpreter(root):
    environment.venv_python(root).unlink()


def break_interpreter(root):
    environment.venv_python(root).unlink()
    environment.venv_python(root).write_text("not a program", encoding="utf-8")
    environment.venv_python(root).chmod(0o755)


def exchange_interpreter(root):
    stamp = json.loads(stamp_file(root).read_text(encoding="utf-8"))
    stamp["interpreter"] = "3.11.0 (another build)"
    stamp_file(root).write_text(json.dumps(stamp), encoding="utf-8")


def remove_package(root):
    (environment.site_packages(root) / "pandas").rmdir()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (remove_venv, "no .venv"),
        (remove_stamp, "no record of a finished set-up"),
        (cut_stamp_short, "no record of a finished set-up"),
        (write_stamp_of_another_kind, "no record of a finished set-up"),
        (remove_interpreter, "no longer runs"),
        (break_interpreter, "no longer runs"),
        (exchange_interpreter, "no longer runs or was replaced"),
        (remove_package, "pandas is gone"),
    ],
)
def test_damage_is_noticed(checkout, damage, said):
    damage(checkout)
    state, why = environment.condition(checkout)
    assert state == "broken"
    assert said in why


def test_moved_folder_is_noticed(checkout, tmp_path):
    moved = checkout.rename(tmp_path / "elsewhere")
    state, why = environment.condition(moved)
    assert state == "broken"
    assert "moved" in why


@pytest.mark.skipif(ON_WINDOWS, reason="links need special rights there")
def test_link_to_nowhere_is_noticed(checkout):
    remove_venv(checkout)
    (checkout / ".venv").symlink_to("nowhere")
    assert environment.condition(checkout)[0] == "broken"


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_changed_choice_of_packages_is_noticed(checkout, name):
    (checkout / name).write_text("changed", encoding="utf-8")
    assert environment.condition(checkout)[0] == "stale"


# What is done


@pytest.fixture
def steps(checkout, monkeypatch):
    """Record the steps of `set_up` in the checkout instead of taking them."""
    taken = []

    def create_venv():
        taken.append("create")
        shutil.rmtree(checkout / ".venv", ignore_errors=True)
        command = [sys.executable, "-m", "venv", "--without-pip", str(checkout / ".venv")]
        subprocess.run(command, check=True)

    def install(uv):
        taken.append("install")
        assert not stamp_file(checkout).exists(), "half-made, but it bears a stamp"

    monkeypatch.setattr(environment, "ROOT", checkout)
    monkeypatch.setattr(environment, "create_venv", create_venv)
    monkeypatch.setattr(environment, "choose_uv", lambda: None)
    monkeypatch.setattr(environment, "install", install)
    return taken


def test_ready_environment_costs_nothing(steps):
    environment.set_up()
    assert steps == []


def test_stale_environment_is_updated(steps, checkout):
    (checkout / "requirements.lock").write_text("pandas==3.1.2\n", encoding="utf-8")
    environment.set_up()
    assert steps == ["install"]
    assert environment.condition(checkout)[0] == "ready"


def test_broken_environment_is_made_again(steps, checkout):
    remove_interpreter(checkout)
    environment.set_up()
    assert steps == ["create", "install"]
    assert environment.condition(checkout)[0] == "ready"


def test_failed_install_is_not_taken_for_finished(steps, checkout, monkeypatch):
    def fail(uv):
        raise environment.Stop("no connection")

    monkeypatch.setattr(environment, "install", fail)
    (checkout / "requirements.lock").write_text("changed", encoding="utf-8")
    with pytest.raises(environment.Stop, match="no connection"):
        environment.set_up()
    assert environment.condition(checkout)[0] == "broken"


def test_new_set_up_forgets_the_groups_that_were_added(steps, checkout):
    added = checkout / ".venv" / "kamlab-browser.json"
    added.write_text("a hash", encoding="utf-8")
    (checkout / "requirements.lock").write_text("changed", encoding="utf-8")
    environment.set_up()
    assert not added.exists()


def test_group_is_added_once_and_again_when_its_lock_changes(steps, checkout, monkeypatch):
    installed = []
    monkeypatch.setattr(environment, "choose_uv", lambda: "uv")
    monkeypatch.setattr(environment, "must", lambda command, remedy: installed.append(command))
    lock = checkout / "requirements-browser.lock"
    for text in ("playwright==1", "playwright==1", "playwright==2"):
        lock.write_text(text, encoding="utf-8")
        environment.add_group("browser")
    assert len(installed) == 2
    assert all("--require-hashes" in command for command in installed)


def test_failed_step_stops_with_its_remedy(monkeypatch):
    monkeypatch.setattr(environment, "run", lambda command, heartbeat=None: 1)
    with pytest.raises(environment.Stop, match="Check the connection"):
        environment.must(["pip"], "Check the connection.")


@pytest.fixture
def commands(monkeypatch, checkout):
    """Collect what set-up would run; a command that begins with `broken` fails."""
    collected = []

    def run(command, heartbeat=None):
        collected.append(command)
        return int(command[0] == "broken")

    monkeypatch.setattr(environment, "ROOT", checkout)
    monkeypatch.setattr(environment, "answer", lambda *command: "pip 26")
    monkeypatch.setattr(environment, "run", run)
    return collected


def test_pip_is_tried_when_uv_fails(commands):
    environment.install("broken")
    assert commands[0][0] == "broken"
    assert commands[1][1:4] == ["-m", "pip", "install"]
    assert "--require-hashes" in commands[1]
    assert all("broken" not in command for command in commands[1:])


def test_set_up_stops_when_pip_fails_as_well(commands, monkeypatch):
    monkeypatch.setattr(environment, "venv_python", lambda root: "broken")
    with pytest.raises(environment.Stop, match="Is there a connection"):
        environment.install("broken")


@pytest.mark.parametrize("uv", ["uv", None])
def test_locked_packages_are_installed_as_checked_wheels(commands, uv):
    environment.install(uv)
    packages, itself, _ = commands
    assert "--require-hashes" in packages
    assert packages[packages.index("--only-binary") + 1] == ":all:"
    assert "--no-deps" in itself
    assert "--no-build-isolation" in itself
    if uv:
        assert "--compile-bytecode" in packages


def test_python_without_pip_and_uv_is_told_what_to_install(monkeypatch, checkout):
    monkeypatch.setattr(environment, "ROOT", checkout)
    with pytest.raises(environment.Stop, match="python3-venv"):
        environment.install_with(None)


def test_program_ends_when_its_starter_is_stopped(monkeypatch, tmp_path):
    """An orphan would go on writing into .venv while the next set-up makes it anew."""
    left = tmp_path / "left behind"
    script = f"import time, pathlib; time.sleep(1); pathlib.Path({str(left)!r}).touch()"

    def interrupt(sentence):
        raise SystemExit

    monkeypatch.setattr(environment, "say", interrupt)
    with pytest.raises(SystemExit):
        environment.run([sys.executable, "-c", script], heartbeat=0.05)
    time.sleep(1.2)
    assert not left.exists()


def test_pip_can_be_asked_for(monkeypatch):
    monkeypatch.setattr(environment, "find_uv", lambda: "uv")
    assert environment.choose_uv() == "uv"
    monkeypatch.setenv("KAMLAB_INSTALLER", "pip")
    assert environment.choose_uv() is None


def test_started_programs_write_bytecode_and_see_no_foreign_packages(monkeypatch):
    for name in environment.UNWANTED:
        monkeypatch.setenv(name, "1")
    assert not environment.environ().keys() & {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}


def test_exit_code_of_a_program_is_passed_on():
    assert environment.run([sys.executable, "-c", "raise SystemExit(7)"]) == 7


def test_kernel_of_the_notebooks_is_the_one_in_this_environment():
    folder = Path(KernelSpecManager().get_kernel_spec("python3").resource_dir)
    assert folder.is_relative_to(sys.prefix)


def test_jupyterlab_is_told_not_to_ask_about_news(checkout, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", checkout)
    environment.silence_news()
    written = checkout / ".venv" / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    choices = json.loads(written.read_text(encoding="utf-8"))
    assert choices["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


# Which Python


@pytest.mark.parametrize("name", ["make.py", "tools/environment.py"])
def test_script_can_be_read_by_python_38_and_needs_no_package(name):
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported <= sys.stdlib_module_names | {"tools"}


@pytest.mark.skipif(ON_WINDOWS, reason="the programs put on PATH are shell scripts")
def test_name_on_path_that_leads_nowhere_is_passed_over(tmp_path, monkeypatch):
    for name, code in {"python3.13": 127, "python3.12": 0}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name}\nexit {code}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment.find_python() == ["python3.12"]
    (tmp_path / "python3.12").unlink()
    assert environment.find_python() is None


def test_unsuitable_python_hands_over_to_a_suitable_one(monkeypatch):
    started = []
    monkeypatch.setattr(make, "PYTHONS", ((9, 9),))
    monkeypatch.setattr(make, "find_python", lambda: ["python9.9"])
    monkeypatch.setattr(make, "run", lambda command: started.append(command) or 5)
    assert make.main(["test", "-x"]) == 5
    assert started == [["python9.9", ROOT / "make.py", "test", "-x"]]


def test_unsuitable_python_alone_says_what_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(make, "PYTHONS", ((9, 8), (9, 9)))
    monkeypatch.setattr(make, "find_python", lambda: None)
    assert make.main(["lab"]) == 1
    assert "Python 9.8 to 9.9 is needed" in capsys.readouterr().out


# The commands


def test_help_lists_every_command(capsys):
    assert make.main([]) == 0
    listed = re.findall(r"^  ([a-z-]+) +\S", capsys.readouterr().out, flags=re.MULTILINE)
    assert listed == list(make.COMMANDS)


def test_makefile_has_the_same_commands():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^COMMANDS = (.+)$", makefile, flags=re.MULTILINE)
    assert named[1].split() == list(make.COMMANDS)


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_readme_names_commands_that_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w-])make(?:\.py)? ([a-z][a-z-]*)", text))
    assert named <= set(make.COMMANDS)
    assert {"lab", "test", "help"} <= named


def test_unknown_command_is_refused(capsys):
    assert make.main(["tset"]) == 2
    assert "'tset'" in capsys.readouterr().out


@pytest.fixture
def started(monkeypatch):
    """Record what make.py would start; by default, everything succeeds."""
    commands = []
    monkeypatch.setattr(make, "set_up", lambda: Path("python"))
    monkeypatch.setattr(make, "run", lambda command: commands.append(command) or 0)
    return commands


def test_test_runs_every_part_and_passes(started, capsys):
    assert make.main(["test", "--", "-k", "portfolio"]) == 0
    assert [command[2] for command in started] == ["ruff", "ruff", "mypy", "pytest"]
    assert started[-1][-2:] == ["-k", "portfolio"]
    assert capsys.readouterr().out.splitlines()[-1] == "kamlab: PASSED"


@pytest.mark.parametrize(
    ("broken", "name"), [("check", "ruff"), ("format", "format"), ("tests", "pytest")]
)
def test_test_fails_when_one_part_fails_and_still_runs_the_others(
    started, monkeypatch, capsys, broken, name
):
    def run(command):
        started.append(command)
        return int(broken in command)

    monkeypatch.setattr(make, "run", run)
    assert make.main(["test"]) == 1
    assert len(started) == 4
    assert capsys.readouterr().out.splitlines()[-1] == f"kamlab: FAILED ({name})"


def test_test_fails_when_set_up_fails(monkeypatch, capsys):
    def fail():
        raise environment.Stop("no connection")

    monkeypatch.setattr(make, "set_up", fail)
    assert make.main(["test"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == ["kamlab: no connection", "kamlab: FAILED (set-up)"]


def test_replay_covers_the_notebooks_and_leaves_browser_and_spark_out(started):
    make.main(["test"])
    replay = started[-1]
    assert {"notebooks", "--nbval-lax", "--nbval-current-env"} <= set(replay)
    assert replay[replay.index("-m", 2) + 1] == "not browser and not spark"
    words = [str(word).partition("=") for word in replay]
    (sanitise,) = [value for name, _, value in words if name == "--nbval-sanitize-with"]
    assert (ROOT / sanitise).is_file()


def test_lab_is_reached_from_this_machine_only_and_keeps_its_token(started):
    make.main(["lab"])
    (command,) = started
    assert "--ServerApp.ip=127.0.0.1" in command
    assert not [word for word in command if "token" in str(word) or "password" in str(word)]


@pytest.mark.parametrize(
    ("platform", "screen", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "CI": "true"}, False),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_lab_opens_a_browser_only_where_there_is_a_screen(
    started, monkeypatch, platform, screen, expected
):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in screen.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    make.main(["lab"])
    assert ("--no-browser" not in started[0]) == expected


def test_browser_test_without_a_browser_says_how_to_get_one(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert make.main(["test-browser"]) == 1
    assert "apt install chromium" in capsys.readouterr().out


def test_spark_test_without_java_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert make.main(["test-spark"]) == 1
    assert "apt install default-jre" in capsys.readouterr().out


def test_spark_test_runs_what_is_marked_so(started, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(make, "add_group", lambda group: f"python with {group}")
    assert make.main(["test-spark", "-x"]) == 0
    (command,) = started
    assert command[0] == "python with spark"
    assert command[command.index("-m", 2) + 1] == "spark"
    assert (ROOT / command[-2]).is_dir()
    assert command[-1] == "-x"


def test_clean_removes_what_was_made_and_names_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(make, "ROOT", tmp_path)
    made = [".venv/bin", "kamlab/__pycache__", "notebooks/.ipynb_checkpoints", ".ruff_cache"]
    for name in [*made, "kamlab/portfolio"]:
        (tmp_path / name).mkdir(parents=True)
    assert make.main(["clean"]) == 0
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left == {"kamlab", "kamlab/portfolio", "notebooks"}
    assert "removed .venv\n" in capsys.readouterr().out
