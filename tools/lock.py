"""Derive everything that is locked from ``pyproject.toml``; run by ``make lock``.

The lock files hold exact versions and hashes for every system and every Python that is allowed.
They name no host, so that they work behind a mirror. A lock keeps its versions until ``--upgrade``
is given.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASE_GROUPS = ("lab", "test", "check", "build")
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--fork-strategy=fewest",  # one version for every Python: what is tested is what everybody gets
    "--quiet",
]
WHEELS_ONLY = "--no-build"  # nobody should need a compiler
ON_TOP = "--constraints=requirements.lock"


def read_pyproject(root: Path) -> dict:
    """Return ``pyproject.toml`` as a dictionary."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(pyproject: dict, *groups: str) -> list[str]:
    """Return what the named dependency groups ask for."""
    return [line for group in groups for line in pyproject["dependency-groups"][group]]


def environment_file(pyproject: dict) -> str:
    """Return the text of ``environment.yml``: Python comes from conda, packages come from pip."""
    project = pyproject["project"]
    return f"""\
# Written by `make lock` from pyproject.toml.
# One step is left after `conda activate {project["name"]}`:
#   pip install --no-deps --no-build-isolation -e .
name: {project["name"]}
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python {project["requires-python"]}
  - pip
  - pip:
      - -r requirements.lock
"""


def compile_lock(uv: str, lines: list[str], target: str, *options: str) -> None:
    """Write one lock file."""
    command = [uv, "pip", "compile", *OPTIONS, *options, "--output-file", target, "-"]
    subprocess.run(command, input="\n".join(lines), text=True, cwd=ROOT, check=True)
    if "://" in (ROOT / target).read_text(encoding="utf-8"):
        sys.exit(f"{target} names a host; look at the options and settings of uv.")
    print(f"kamlab: wrote {target}")


def main(uv: str, *options: str) -> None:
    """Write all lock files and ``environment.yml``."""
    pyproject = read_pyproject(ROOT)
    base = pyproject["project"]["dependencies"] + requirements(pyproject, *BASE_GROUPS)
    browser, bench, spark, installer = (
        requirements(pyproject, group) for group in ("browser", "bench", "spark", "installer")
    )
    compile_lock(uv, base, "requirements.lock", WHEELS_ONLY, *options)
    compile_lock(uv, browser, "requirements-browser.lock", WHEELS_ONLY, ON_TOP, *options)
    compile_lock(uv, bench, "requirements-bench.lock", ON_TOP, *options)  # semopy has no wheel
    compile_lock(uv, spark, "requirements-spark.lock", ON_TOP, *options)  # nor has pyspark
    compile_lock(uv, installer, "tools/uv.lock.txt", WHEELS_ONLY, *options)
    text = environment_file(pyproject)
    (ROOT / "environment.yml").write_text(text, encoding="utf-8", newline="\n")
    print("kamlab: wrote environment.yml")


if __name__ == "__main__":
    main(*sys.argv[1:])
