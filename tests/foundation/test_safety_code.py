"""What kamlab never does: call the network, run code that came with data, start programs."""

import ast
import json
import subprocess
import sys
from functools import cache
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
PARSERS_THAT_EXPAND = ("xml.etree", "xml.dom", "xml.sax", "xml.parsers", "lxml")
"""An entity of a few bytes can become gigabytes, or a file of this machine."""
WRITES_XML = "xml.sax.saxutils"
READS_XML_PARTS = "intake/sources"
"""The one place that reads XML itself; its tests have the tricks."""


def relative(path):
    return path.relative_to(PACKAGE).as_posix()


def trees():
    return [pytest.param(path, id=relative(path)) for path in FILES]


@cache
def all_nodes(path):
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def nodes(path, *kinds):
    return [node for node in all_nodes(path) if isinstance(node, kinds)]


def modules(path):
    for node in nodes(path, ast.Import, ast.ImportFrom):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from names or [node.module or ""]


def imported(path):
    return (name.split(".")[0] for name in modules(path))


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
        # DataFrame.query runs expressions: those written here, and none put together.
        assert name != "query" or isinstance(node.args[0], ast.Constant), here
        # The eval of patsy is of a formula; what that may name is tested below.
        assert name != "eval" or relative(path) == "panel/design.py", here
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        assert "allow_pickle" not in given, here
        assert "shell" not in given, here


@pytest.mark.parametrize("path", trees())
def test_xml_is_read_in_one_place_only(path):
    if not relative(path).startswith(READS_XML_PARTS):
        named = set(modules(path)) - {WRITES_XML}
        assert not [name for name in named if name.startswith(PARSERS_THAT_EXPAND)]


@pytest.mark.parametrize("path", trees())
def test_tables_become_html_by_pandas_which_escapes(path):
    for _, name, node in called(path):
        if name == "to_html":
            assert "escape" not in {keyword.arg for keyword in node.keywords}
    attributes = {node.attr for node in nodes(path, ast.Attribute)}
    assert not attributes & {"style", "Styler"}, "a Styler does not escape"


def test_what_a_file_in_a_database_says_cannot_reach_further():
    """A view may name an address or a file of this machine, and DuckDB would fetch it."""
    for path in FILES:
        for owner, name, node in called(path):
            if owner == "duckdb":
                here = f"{relative(path)}:{node.lineno}"
                assert name == "connect", f"{here}: use a connection with a config"
                assert "config" in {keyword.arg for keyword in node.keywords}, here
                told = "set autoinstall_known_extensions to false, or DuckDB calls its server"
                assert "autoinstall_known_extensions" in path.read_text(encoding="utf-8"), told


# Formulas are the one language in which a user writes what is run: patsy hands them to Python.


@pytest.mark.parametrize("name", ["load", "loadtxt", "genfromtxt", "fromfile", "save", "savetxt"])
def test_a_formula_reads_and_writes_no_file(table, tmp_path, name):
    path = tmp_path / "file.txt"
    with pytest.raises(ModelError, match=f"calls {name} on a column"):
        kl.fit_retention(f"stayed ~ trust + np.{name}({str(path)!r}, [1])", table)
    assert not path.exists()


@pytest.mark.parametrize("name", ["cumsum", "mean", "roll", "sort", "matmul", "random", "lib"])
def test_a_formula_sees_no_other_rows(table, name):
    with pytest.raises(ModelError, match=f"calls {name} on a column"):
        kl.fit_retention(f"stayed ~ trust + np.{name}(tenure)", table)


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
def test_a_formula_reaches_nothing_but_columns_and_functions_of_them(table, term):
    with pytest.raises(ModelError):
        kl.fit_retention(f"stayed ~ trust + {term}", table)


@pytest.mark.parametrize(
    "term", ["np.log1p(tenure)", "np.where(tenure > 2, 1, 0)", "I(np.e + trust)"]
)
def test_functions_that_go_row_by_row_are_there(table, term):
    assert kl.fit_retention(f"stayed ~ {term}", table).tidy().shape[0] == 2


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
