import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kamlab as kl

STUB = Path(kl.__file__).with_name("__init__.pyi").read_text(encoding="utf-8")
NAMES = re.findall(r"import (\w+) as \1\b", STUB)
HEAVY = ("pandas", "numpy", "matplotlib", "statsmodels", "scipy", "ipywidgets", "openpyxl", "patsy")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_in_the_stub_can_be_had(name):
    assert getattr(kl, name) is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_name_has_a_docstring(name):
    assert inspect.getdoc(getattr(kl, name))


def test_the_door_shows_its_names_and_no_more_than_one_page_of_them():
    assert set(NAMES) <= set(dir(kl))
    assert {n for n in dir(kl) if not n.startswith("_")} == set(NAMES)
    assert 25 <= len(NAMES) <= 82
    assert len(NAMES) == len(set(NAMES))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_like_it"):
        kl.nothing_like_it  # noqa: B018


def after(code):
    run = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.split(".")[0] for name in run.stdout.split()}


def test_importing_kamlab_imports_nothing_heavy():
    assert not after("import kamlab") & set(HEAVY)


def test_choosing_a_language_imports_nothing_heavy():
    assert not after("import kamlab; kamlab.use_language('ja')") & set(HEAVY)


def test_a_company_can_be_had_without_the_drawing_and_fitting_libraries():
    loaded = after("import kamlab; kamlab.simulate_company(n_accounts=10)")
    assert not loaded & {"matplotlib", "statsmodels", "ipywidgets"}
