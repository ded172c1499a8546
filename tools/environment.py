"""The environment in ``.venv``: how it is made, checked, mended and added to.

``make.py`` is the way in. Only the standard library is used, because nothing is installed yet, and
only what Python 3.8 can read, because ``make.py`` has to find a newer Python or say that one is
needed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ((3, 13), (3, 12), (3, 11), (3, 14))  # within requires-python, the most tried first

# What a shell may hand down that would slow the environment or let other packages into it.
UNWANTED = (
    "JUPYTER_PATH",
    "MPLBACKEND",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)


class Stop(Exception):
    """The command cannot go on; the message says why and what to do."""


def say(sentence: str) -> None:
    """Print one line of our own."""
    print(f"kamlab: {sentence}")


def environ() -> dict[str, str]:
    """Return the environment for whatever is started from here."""
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return {**kept, "JUPYTER_PREFER_ENV_PATH": "1"}  # the kernel `python3` is the one in .venv


def run(command: list, heartbeat: float | None = None) -> int:
    """Run a command in the checkout and return its exit code.

    A `heartbeat` prints a line every so many seconds while a silent command works.
    """
    started = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], cwd=str(ROOT), env=environ())
    try:
        while True:
            try:
                return process.wait(timeout=heartbeat)
            except subprocess.TimeoutExpired:
                say(f"  still working, {time.monotonic() - started:.0f} s so far")
    except KeyboardInterrupt:
        process.wait()  # Ctrl-C has reached it as well; it ends in its own way
        raise
    except BaseException:
        process.terminate()
        process.wait()
        raise


def must(command: list, remedy: str) -> None:
    """Run a command that prints nothing but its errors; stop with a remedy when it fails."""
    if run(command, heartbeat=20) != 0:
        raise Stop(f"this step failed, see the message above. {remedy}")


def answer(*command: object) -> str | None:
    """Return what a short command prints, or None when it does not run."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, capture_output=True, env=environ(), timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip()


def find_python() -> list[str] | None:
    """Return the command of a suitable Python on this machine, or None."""
    for number in (f"{major}.{minor}" for major, minor in PYTHONS):
        for python in ([f"python{number}"], ["py", f"-{number}"]):
            # Running it is the only proof: version managers put names on PATH that lead nowhere.
            if shutil.which(python[0]) and answer(*python, "--version"):
                return python
    return None


def venv_python(root: Path) -> Path:
    """Return the interpreter of a checkout's environment."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def site_packages(root: Path) -> Path:
    """Return the folder that packages are installed in."""
    pattern = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    return next((root / ".venv").glob(pattern), root / ".venv" / "no-site-packages")


def interpreter(root: Path) -> str | None:
    """Return the full version of the interpreter in .venv, or None when it does not run."""
    return answer(venv_python(root), "-I", "-S", "-c", "import sys; print(sys.version)")


def fingerprint(root: Path, *names: str) -> str:
    """Return one hash for the contents of some files of a checkout."""
    return hashlib.sha256(b"\0".join((root / name).read_bytes() for name in names)).hexdigest()


def write_stamp(root: Path) -> None:
    """Record a finished set-up. This is its last step: without the record, .venv is half-made."""
    packages = sorted(p.name for p in site_packages(root).iterdir() if p.name != "__pycache__")
    stamp = {
        "root": str(root),
        "interpreter": interpreter(root),
        "fingerprint": fingerprint(root, "requirements.lock", "pyproject.toml"),
        "packages": packages,
    }
    (root / ".venv" / "kamlab.json").write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def read_stamp(root: Path) -> dict:
    """Return the record of a finished set-up; empty when there is none that can be read."""
    try:
        stamp = json.loads((root / ".venv" / "kamlab.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if {"root", "interpreter", "fingerprint", "packages"} <= set(stamp) else {}


def condition(root: Path) -> tuple[str, str]:
    """Return ``ready``, ``stale`` (update it) or ``broken`` (make it anew) for .venv, and why."""
    stamp = read_stamp(root)
    if not os.path.lexists(str(root / ".venv")):
        return "broken", "there is no .venv in this folder yet."
    if not stamp:
        return "broken", "this .venv has no record of a finished set-up; making it again."
    if stamp["root"] != str(root):
        return "broken", "this folder was moved or copied; its .venv has to be made again."
    if interpreter(root) != stamp["interpreter"]:
        return "broken", "the Python of .venv no longer runs or was replaced; making .venv again."
    gone = [name for name in stamp["packages"] if not (site_packages(root) / name).exists()]
    if gone:
        return "broken", f"{gone[0]} is gone from .venv; making it again."
    if stamp["fingerprint"] != fingerprint(root, "requirements.lock", "pyproject.toml"):
        return "stale", "requirements.lock or pyproject.toml has changed; updating .venv."
    return "ready", "everything is set up."


def remove(path: Path) -> None:
    """Delete a file or a folder."""
    try:
        (shutil.rmtree if path.is_dir() and not path.is_symlink() else os.unlink)(str(path))
    except OSError as problem:
        hint = "Close JupyterLab and every terminal that uses it, then try again."
        raise Stop(f"{path.name} cannot be removed ({problem}). {hint}") from problem


def create_venv() -> None:
    """Make an empty .venv in place of whatever is there."""
    venv = ROOT / ".venv"
    if os.path.lexists(str(venv)):
        remove(venv)
    say(f"making .venv with Python {sys.version.split()[0]} (a few seconds)")
    # The base interpreter: an environment that happens to be active is not to be built upon.
    base = getattr(sys, "_base_executable", None) or sys.executable
    without_pip = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    must([base, "-m", "venv", *without_pip, venv], "Is the disk full, or the folder read-only?")


def find_uv() -> str | None:
    """Return a uv that runs, from PATH or from its own place in .venv, or None."""
    private = ROOT / ".venv" / "uv"
    for place in (None, f"{private / 'bin'}{os.pathsep}{private / 'Scripts'}"):
        uv = shutil.which("uv", path=place)
        if uv and answer(uv, "--version"):
            return uv
    return None


def fetch_uv() -> str | None:
    """Put the pinned uv into its private place in .venv; return None when that fails."""
    say("fetching uv, which installs packages faster than pip does (about 20 MB)")
    where = ["--no-deps", "--only-binary", ":all:", "--target", ROOT / ".venv" / "uv"]
    run([*install_with(None), *where, "--require-hashes", "-r", "tools/uv.lock.txt"], heartbeat=20)
    return find_uv()


def install_with(uv: str | None) -> list:
    """Return the beginning of an install command into .venv, by uv or, without one, by pip."""
    python = venv_python(ROOT)
    if uv:
        return [uv, "pip", "install", "--python", python, "--quiet", "--compile-bytecode"]
    if not answer(python, "-m", "pip", "--version"):
        hint = "On Debian or Ubuntu: `sudo apt install python3-venv`; elsewhere install uv."
        raise Stop(f"this Python has no pip, and there is no uv either. {hint} Then try again.")
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def choose_uv() -> str | None:
    """Return the uv to install with, or None when pip has to do."""
    return None if os.environ.get("KAMLAB_INSTALLER") == "pip" else find_uv() or fetch_uv()


def set_up() -> Path:
    """Make or mend .venv if that is needed, and return its interpreter."""
    state, why = condition(ROOT)
    if state == "ready":
        return venv_python(ROOT)
    started = time.monotonic()
    say(why)
    if state == "broken":
        create_venv()
    for stamp in (ROOT / ".venv").glob("kamlab*.json"):
        stamp.unlink()  # from here on, .venv is half-made
    install(choose_uv())
    write_stamp(ROOT)
    say(f"set-up is complete ({time.monotonic() - started:.0f} s).")
    return venv_python(ROOT)


def install(uv: str | None) -> None:
    """Install the locked packages and kamlab itself, and import the slowest of them once."""
    tool, duration = ("uv", "half a minute") if uv else ("pip", "1 to 3 minutes")
    say(f"installing the locked packages with {tool} (180 MB; {duration}, more on a slow line)")
    wheels = ["--only-binary", ":all:", "--require-hashes", "-r", "requirements.lock"]
    if run([*install_with(uv), *wheels], heartbeat=20) != 0:
        if uv is None:
            raise Stop("pip failed, see above. Is there a connection, and 2 GB of free disk?")
        say("uv failed, see above; trying pip instead.")
        install(None)
        return
    say("installing kamlab itself from this folder (a few seconds)")
    itself = ["--no-deps", "--no-build-isolation", "-e", "."]
    must([*install_with(uv), *itself], "Was pyproject.toml or the folder kamlab changed?")
    say("importing the packages once, which also lists the fonts (some seconds)")
    imports = "import ipywidgets, jupyterlab, matplotlib.pyplot, pandas, statsmodels.api"
    must([venv_python(ROOT), "-c", imports], "Run the command `clean`, then try again.")
    silence_news()


def silence_news() -> None:
    """Keep JupyterLab from asking about its news feed and from looking for updates."""
    settings = ROOT / ".venv/share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    choices = {"fetchNews": "false", "checkForUpdates": False}
    overrides = {"@jupyterlab/apputils-extension:notification": choices}
    (settings / "overrides.json").write_text(json.dumps(overrides), encoding="utf-8")


def add_group(name: str) -> Path:
    """Install one more locked group into .venv; its lock changes nothing that is there already."""
    python, lock_file = set_up(), f"requirements-{name}.lock"
    stamp, wanted = ROOT / ".venv" / f"kamlab-{name}.json", fingerprint(ROOT, lock_file)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        say(f"installing the packages in {lock_file} (some seconds)")
        command = [*install_with(choose_uv()), "--require-hashes", "-r", lock_file]
        must(command, "Is there a connection? Then try again.")
        stamp.write_text(wanted, encoding="utf-8")
    return python
