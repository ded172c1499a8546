import ast
from pathlib import Path

import pytest

import kamlab

PACKAGE = Path(kamlab.__file__).parent
ORDER = (
    "foundation", "accounts", "intake", "portfolio", "selection", "sem", "quality", "theory",
    "panel", "retention", "value", "reproduction", "hypotheses", "report", "command", "lab",
)  # fmt: skip
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)
# A file that needs scrolling is redrawn; 300 lines is the house's own measure.
LONGEST = 300


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path):
    return path.relative_to(PACKAGE).parts[0]


def relative(path):
    return str(path.relative_to(PACKAGE))


def test_every_room_has_its_place_in_the_order():
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms <= set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_room_imports_only_from_rooms_to_its_left(path):
    place = ORDER.index(room_of(path))
    for module in imported(path):
        parts = module.split(".")
        if parts[0] == "kamlab" and len(parts) > 1:
            assert parts[1] in ORDER[: place + 1], f"{relative(path)} imports {module}"


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) != "lab"], ids=relative)
def test_only_the_lab_knows_widgets_and_notebooks(path):
    assert not {m.split(".")[0] for m in imported(path)} & {"ipywidgets", "IPython"}


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_nothing_calls_the_network_or_shared_randomness(path):
    source = path.read_text(encoding="utf-8")
    modules = {m.split(".")[0] for m in imported(path)}
    assert not modules & {"urllib", "requests", "http", "socket", "httpx", "random"}
    assert "np.random.seed" not in source


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_files_are_opened_with_an_encoding(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {k.arg for k in node.keywords}
            modes = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if called in ("read_text", "write_text"):
                assert "encoding" in given, f"{relative(path)}:{node.lineno}"
            of_an_archive = isinstance(node.func, ast.Attribute) and len(modes) < len(node.args)
            if called == "open" and not of_an_archive and not any("b" in str(m) for m in modes):
                assert "encoding" in given, f"{relative(path)}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_file_needs_much_scrolling(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_public_function_bears_the_name_of_a_room_or_begins_like_a_test():
    public = set(dir(kamlab)) - {"theory"}  # the room itself is offered, for its model
    assert not public & set(ORDER)
    assert not [name for name in public if name.startswith("test_")]
