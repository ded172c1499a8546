"""A built wheel carries the data; an editable install reads them from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    """Return the names of the files in a wheel of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_wheel_holds_every_file_of_the_data_folder(contents):
    files = [path for path in (ROOT / "data").rglob("*") if path.is_file()]
    assert files
    assert {f"kamlab/{path.relative_to(ROOT).as_posix()}" for path in files} <= contents


def test_wheel_holds_every_file_of_the_package(contents):
    files = [path for path in (ROOT / "kamlab").rglob("*") if path.is_file()]
    wanted = {
        path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts
    }
    assert wanted <= contents


def test_wheel_holds_nothing_else(contents):
    assert {name.split("/")[0] for name in contents} == {"kamlab", "kamlab-0.1.0.dist-info"}
