"""What kamlab never does: call the network, run code that came with data, start programs."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import kamlab
import kamlab as kl
from kamlab.foundation.errors import ModelError
from kamlab.panel.formula import ROW_BY_ROW

PACKAGE = Path(kamlab.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

NETWORK = {
    *("aiohttp", "asyncio", "ftplib", "http", "httpx", "imaplib", "paramiko", "poplib", "requests"),
    *("smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "webbrowser"),
    *("websocket", "websockets", "xmlrpc", "fsspec", "s3fs"),
}
CODE_IN_DATA = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve", "yaml"}
PROGRAMS = {"ctypes", "pty", "runpy", "subprocess"}
RUNS_CODE = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
RUNS_PROGRAMS = {"system", "popen", "spawnl", "spawnv", "execv", "execl", "startfile", "fork"}
READS_CODE = {"read_pickle", "to_pickle", "read_hdf", "read_html", "load_module", "exec_module"}
PARSERS_THAT_EXPAND = {"xml", "lxml"}
"""An entity of a few bytes can become gigabytes, or a file of this machine."""
READS_XML_PARTS = "intake/sources"
"""The one place that reads XML itself; its tests have the tricks."""


def relative(path):
    return path.relative_to(PACKAGE).as_posix()


def trees():
    return [pytest.param(path, id=relative(path)) for path in FILES]


def nodes(path, *kinds):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def imported(path):
    for node in nodes(path, ast.Import, ast.ImportFrom):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (name.split(".")[0] for name in names or [node.module or ""])


def called(path):
    """What is called: a bare name, or `owner.name`."""
    for node in nodes(path, ast.Call):
        if isinstance(node.func, ast.Name):
            yield "", node.func.id, node
        elif isinstance(node.func, ast.Attribute):
            yield getattr(node.func.value, "id", "?"), node.func.attr, node


@pytest.mark.parametrize("path", trees())
def test_no_module_can_reach_the_network_run_programs_or_unpickle(path):
    assert not set(imported(path)) & (NETWORK | CODE_IN_DATA | PROGRAMS)


@pytest.mark.parametrize("path", trees())
def test_nothing_is_run_that_is_made_of_text(path):
    for owner, name, node in called(path):
        here = f"{relative(path)}:{node.lineno}"
        assert owner or name not in RUNS_CODE, here
        assert owner != "os" or name not in RUNS_PROGRAMS, here
        assert name not in READS_CODE, here
        # DataFrame.eval and .query run expressions; patsy's own eval is of a formula, see below.
        assert name != "query", here
        assert name != "eval" or relative(path) == "panel/design.py", here
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        assert "allow_pickle" not in given, here
        assert "shell" not in given, here


@pytest.mark.parametrize("path", trees())
def test_xml_is_read_in_one_place_only(path):
    if not relative(path).startswith(READS_XML_PARTS):
        assert not set(imported(path)) & PARSERS_THAT_EXPAND


@pytest.mark.parametrize("path", trees())
def test_html_is_escaped_by_pandas_unless_nobody_says_otherwise(path):
    for _, name, node in called(path):
        if name in ("to_html", "Styler"):
            assert "escape" not in {keyword.arg for keyword in node.keywords}
            assert name != "Styler", "a Styler does not escape"
    owners = {node.attr for node in nodes(path, ast.Attribute)}
    assert "style" not in owners & {"style"} or ".style." not in path.read_text(encoding="utf-8")


def test_what_a_file_in_a_database_says_cannot_reach_further():
    """A view may name an address or a file of this machine, and DuckDB would fetch it."""
    for path in FILES:
        for owner, name, node in called(path):
            if owner == "duckdb":
                here = f"{relative(path)}:{node.lineno}"
                assert name == "connect", f"{here}: use a connection with a config"
                assert "config" in {keyword.arg for keyword in node.keywords}, here


# Formulas are the one language in which a user writes what is run: patsy hands them to Python.

READS_AND_WRITES = (
    "load",
    "loadtxt",
    "genfromtxt",
    "fromfile",
    "memmap",
    "savetxt",
    "save",
    "f2py",
)


@pytest.mark.parametrize("name", READS_AND_WRITES)
def test_a_formula_reads_and_writes_no_file(_table, tmp_path, name):
    path = tmp_path / "file.txt"
    with pytest.raises(ModelError, match=f"calls {name} on a column"):
        kl.fit_retention(f"stayed ~ trust + np.{name}({str(path)!r}, [1])", _table)
    assert not path.exists()


@pytest.mark.parametrize("name", ["cumsum", "mean", "roll", "sort", "matmul", "random", "lib"])
def test_a_formula_sees_no_other_rows(_table, name):
    with pytest.raises(ModelError, match=f"calls {name} on a column"):
        kl.fit_retention(f"stayed ~ trust + np.{name}(tenure)", _table)


@pytest.mark.parametrize(
    "term",
    [
        "__import__('os')",
        "eval('1')",
        "open('x')",
        "().__class__.__base__",
        "np.add.__self__",
        "np.log.reduce(tenure)",
        "trust.__class__",
        "getattr(np, 'load')",
        "Q('__import__')",
        "(lambda: 1)()",
        "f'{np.load}'",
    ],
)
def test_a_formula_reaches_nothing_but_columns_and_functions_of_them(_table, term):
    with pytest.raises(ModelError):
        kl.fit_retention(f"stayed ~ trust + {term}", _table)


@pytest.mark.parametrize(
    "term", ["np.log1p(tenure)", "np.where(tenure > 2, 1, 0)", "np.pi * trust"]
)
def test_functions_that_go_row_by_row_are_there(_table, term):
    assert kl.fit_retention(f"stayed ~ {term}", _table).tidy().shape[0] == 2


def test_no_function_of_numpy_that_joins_rows_is_let_in():
    assert not ROW_BY_ROW & {"matmul", "vecdot", "matvec", "vecmat", "sum", "cumsum", "load"}


WATCHED = """
import json, sys, warnings
seen = []
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto", "urllib.Request",
           "os.system", "os.exec", "os.posix_spawn", "pickle.find_class", "ftplib.connect",
           "smtplib.connect", "webbrowser.open")
import matplotlib.font_manager
sys.addaudithook(lambda event, args: seen.append(event) if event in WATCHED else None)
warnings.simplefilter("ignore")
import kamlab as kl
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
for module in walk_packages(kl.__path__, "kamlab."):
    import_module(module.name)
company = kl.simulate_company(n_accounts=40, seed=1)
folder = Path(sys.argv[1])
again = kl.read_company(kl.write_company(company, folder / "company.xlsx"))
kl.read_company(kl.write_company(company, folder / "company"))
kl.classify(again).plot().figure.savefig(folder / "map.png")
kl.fit_retention("stayed ~ trust + tenure", company).summary()
kl.fit_sem("trust =~ trust_1 + trust_2 + trust_3", company.survey.dropna())
print(json.dumps(seen))
"""


def test_nothing_is_called_outside_when_kamlab_is_used(tmp_path):
    command = [sys.executable, "-c", WATCHED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_watch_would_see_a_call(tmp_path):
    script = WATCHED.split("import kamlab")[0] + (
        "import socket\n"
        "try: socket.create_connection(('127.0.0.1', 9), timeout=1)\n"
        "except OSError: pass\n"
        "print(json.dumps(seen))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8")
    assert "socket.connect" in json.loads(done.stdout)
