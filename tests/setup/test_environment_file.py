"""What is derived from pyproject.toml agrees with it: the locks and environment.yml."""

import re
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tools.environment import PYTHONS
from tools.lock import BASE_GROUPS, environment_file, read_pyproject, requirements

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = read_pyproject(ROOT)
LOCKS = {
    "requirements.lock": PYPROJECT["project"]["dependencies"]
    + requirements(PYPROJECT, *BASE_GROUPS),
    "requirements-browser.lock": requirements(PYPROJECT, "browser"),
    "requirements-bench.lock": requirements(PYPROJECT, "bench"),
    "requirements-spark.lock": requirements(PYPROJECT, "spark"),
    "tools/uv.lock.txt": requirements(PYPROJECT, "installer"),
}
# An address, an option that names an index, a folder of this or that machine.
PLACE = re.compile(r"://|--?(index|extra-index|find-links)|(^|\s)(/|[A-Z]:\\)")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


def entries(text):
    """Split a lock into its packages, each with the hashes that belong to it."""
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines))


def versions(text):
    """Return the version of each package in a lock."""
    pins = [PIN.match(entry) for entry in entries(text)]
    return {pin["name"]: pin["version"] for pin in pins}


def lock_text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_environment_file_is_what_pyproject_makes_of_it():
    stored = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert stored == environment_file(PYPROJECT), "run `make lock`"


def test_environment_file_means_what_it_should():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = environment["dependencies"]
    assert python == f"python {PYPROJECT['project']['requires-python']}"
    assert pip == "pip"
    assert packages == {"pip": ["-r requirements.lock"]}


def test_environment_file_follows_a_change_of_python():
    changed = {"project": {"name": "kamlab", "requires-python": ">=3.12"}}
    assert "python >=3.12\n" in environment_file(changed)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_place(name):
    assert not PLACE.search(lock_text(name))


@pytest.mark.parametrize(
    "line",
    [
        "--index-url x",
        "-i https://example.org/simple",
        "--find-links x",
        "kamlab @ file:///srv/kamlab",
        "    # via -r /home/someone/requirements.in",
    ],
)
def test_a_place_in_a_lock_is_noticed(line):
    assert PLACE.search(f"numpy==2.0\n{line}\n")


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_an_exact_version_and_hashes(name):
    for entry in entries(lock_text(name)):
        assert PIN.match(entry), f"no exact version: {entry.splitlines()[0]}"
        assert HASH.search(entry), f"no hash: {entry.splitlines()[0]}"


@pytest.mark.parametrize(("name", "wanted"), LOCKS.items(), ids=list(LOCKS))
def test_lock_satisfies_pyproject(name, wanted):
    locked = versions(lock_text(name))
    for requirement in map(Requirement, wanted):
        version = locked.get(requirement.name)
        assert version is not None, f"{requirement} is not in {name}; run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement}, but {version} in {name}"


@pytest.mark.parametrize("group", ["browser", "bench", "spark"])
def test_further_locks_change_nothing_in_the_first(group):
    names = ("requirements.lock", f"requirements-{group}.lock")
    first, further = (versions(lock_text(name)) for name in names)
    shared = first.keys() & further.keys()
    assert {package: further[package] for package in shared} == {p: first[p] for p in shared}


def test_pythons_are_those_that_pyproject_allows():
    allowed = SpecifierSet(PYPROJECT["project"]["requires-python"])
    candidates = [(3, minor) for minor in range(8, 30)]
    wanted = {python for python in candidates if allowed.contains(".".join(map(str, python)))}
    assert set(PYTHONS) == wanted


def test_classifiers_name_the_same_pythons():
    marker = "Programming Language :: Python :: 3."
    minors = {
        int(line.removeprefix(marker))
        for line in PYPROJECT["project"]["classifiers"]
        if line.startswith(marker)
    }
    assert minors == {minor for _, minor in PYTHONS}
