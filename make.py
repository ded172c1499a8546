"""The commands of kamlab, the same on every system: ``python make.py help`` lists them.

``make lab`` is short for ``python make.py lab``. What follows a command, or follows ``--``, is
handed to the program that it starts: ``python make.py test -k portfolio``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from tools.environment import (
    PYTHONS,
    ROOT,
    Stop,
    add_group,
    condition,
    find_python,
    find_uv,
    remove,
    run,
    say,
    set_up,
)
from tools.hooks.install import install_hook

CHECKS = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
}
# The cells of a notebook share a kernel: `loadscope` keeps them together on one of the two workers.
PYTEST = ["pytest", "tests", "notebooks", "kamlab", "--doctest-modules"]
PYTEST += ["-m", "not browser and not spark", "-n", "2", "--dist", "loadscope"]
REPLAY = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]
REPLAY += ["--nbval-sanitize-with=tests/notebooks/sanitise.cfg", "--ignore=notebooks/exercises"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", "__pycache__")


def lab(arguments: list[str]) -> int:
    """Open JupyterLab on notebooks/00_start_here.ipynb."""
    python = set_up()
    guard_commits()
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={ROOT}",
        "--ServerApp.answer_yes=True",  # Ctrl-C ends it without a question
        "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
        "--ServerApp.allow_root=True",  # in containers one is root; the token still guards
        "--KernelManager.transport_encryption=auto",  # each kernel warns when it is off
        "--Application.log_level=ERROR",
    ]
    if not has_screen():
        options.append("--no-browser")
    say("JupyterLab is starting; Ctrl-C ends it. If no browser opens, use an address from below.")
    try:
        return run([python, "-m", "jupyterlab", *options, *arguments])
    except KeyboardInterrupt:
        say("JupyterLab is closed.")
        return 0


def guard_commits() -> None:
    """Let git look at commits for a company's data, where nothing else does so yet."""
    told = "" if os.environ.get("CI") else install_hook(ROOT)
    if told:
        say(told)


def has_screen() -> bool:
    """Return whether a browser can be opened here."""
    if os.environ.get("CI"):
        return False
    on_linux = sys.platform.startswith("linux")
    return not on_linux or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def test(arguments: list[str]) -> int:
    """Run all that can fail: checks, unit tests, and every notebook anew."""
    try:
        python = set_up()
    except Stop as problem:
        say(str(problem))
        say("FAILED (set-up)")
        return 1
    failed = failures(python, {**CHECKS, "pytest": [*PYTEST, *REPLAY, *arguments]})
    say(f"FAILED ({', '.join(failed)})" if failed else "PASSED")
    return 1 if failed else 0


def failures(python: Path, parts: dict[str, list[str]]) -> list[str]:
    """Run every part, even after one has failed, and return the names of those that did."""
    failed = []
    for name, command in parts.items():
        say(f"{name}:")
        if run([python, "-m", *command]) != 0:
            failed.append(name)
    return failed


def test_browser(arguments: list[str]) -> int:
    """Drive JupyterLab in Chromium: run the first notebook and move its slider."""
    if not any(shutil.which(name) for name in BROWSERS):
        hint = "Debian: `apt install chromium`. Elsewhere: Google Chrome, with its program on PATH."
        raise Stop(f"none of {', '.join(BROWSERS)} is on PATH. {hint}")
    python = add_group("browser")
    return run([python, "-m", "pytest", "-m", "browser", "tests/browser", *arguments])


def test_spark(arguments: list[str]) -> int:
    """Summarise orders by PySpark, and compare with the other engines."""
    if not shutil.which("java"):
        raise Stop("PySpark needs Java, from 17 on. Debian: `apt install default-jre-headless`.")
    python = add_group("spark")
    return run([python, "-m", "pytest", "-m", "spark", "tests/accounts/orders", *arguments])


def notebooks(arguments: list[str]) -> int:
    """Execute every notebook and store it with its outputs; write what else is generated."""
    python = set_up()
    others = ["tools/draw_pictures.py", "tools/write_dictionary.py"]
    made = [] if "--check" in arguments else [[python, other] for other in others]
    commands = [[python, "tools/build_notebooks.py", *arguments], *made]
    return max(run(command) for command in commands)


def check(arguments: list[str]) -> int:
    """Run the linter, the formatter and the type checker."""
    return 1 if failures(set_up(), CHECKS) else 0


def bench(arguments: list[str]) -> int:
    """Compare kamlab with its peers, side by side."""
    return run([add_group("bench"), "benchmarks/run.py", *arguments])


def lock(arguments: list[str]) -> int:
    """Derive the lock files and environment.yml from pyproject.toml."""
    uv = find_uv()
    if uv is None:
        raise Stop("only uv can write the lock files. Install uv, then try again.")
    return run([sys.executable, "tools/lock.py", uv, *arguments])


def setup(arguments: list[str]) -> int:
    """Make or mend .venv; a repeat costs nothing."""
    set_up()
    guard_commits()
    say(condition(ROOT)[1])
    return 0


def clean(arguments: list[str]) -> int:
    """Remove .venv and all caches."""
    found = [ROOT / ".venv"] if os.path.lexists(str(ROOT / ".venv")) else []
    for folder, names, _ in os.walk(str(ROOT)):
        found += [Path(folder, name) for name in names if name in CACHES]
        names[:] = [name for name in names if name not in (*CACHES, ".git", ".venv")]
    for path in found:
        remove(path)
        say(f"removed {path.relative_to(ROOT)}")
    say("clean.")
    return 0


def show_help(arguments: list[str]) -> int:
    """List the commands."""
    print("python make.py COMMAND, or where make is installed: make COMMAND\n")
    for name, command in COMMANDS.items():
        print(f"  {name:<13} {command.__doc__}")
    return 0


COMMANDS = {
    "lab": lab,
    "test": test,
    "test-browser": test_browser,
    "test-spark": test_spark,
    "notebooks": notebooks,
    "check": check,
    "bench": bench,
    "lock": lock,
    "setup": setup,
    "clean": clean,
    "help": show_help,
}


def run_with_another_python(argv: list[str]) -> int:
    """Hand the command to a suitable Python, or say which ones are."""
    python = find_python()
    if python:
        return run([*python, Path(__file__).resolve(), *argv])
    lowest, highest = (".".join(map(str, end)) for end in (min(PYTHONS), max(PYTHONS)))
    this = ".".join(map(str, sys.version_info[:2]))
    say(f"Python {lowest} to {highest} is needed; this is {this}, and no other was found.")
    say("Install one (3.13 is a good choice), open a new terminal, and try again.")
    return 1


def main(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    if sys.version_info[:2] not in PYTHONS:
        return run_with_another_python(argv)
    name, arguments = (argv or ["help"])[0], [word for word in argv[1:] if word != "--"]
    if name not in COMMANDS:
        say(f"there is no command {name!r}.")
        show_help([])
        return 2
    try:
        return COMMANDS[name](arguments)
    except Stop as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("ended by Ctrl-C.")
        return 130


if __name__ == "__main__":
    # Any folder name on any console, and each line before what a started program prints next.
    sys.stdout.reconfigure(errors="replace", line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    sys.exit(main(sys.argv[1:]))
