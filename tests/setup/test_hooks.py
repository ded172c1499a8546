"""The hook that keeps a company's data out of commits, in checkouts made for each test."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import make
from tools.hooks import pre_commit
from tools.hooks.install import install_hook

ROOT = Path(__file__).resolve().parents[2]
COMPANY = "notebooks/company/mine.ipynb"
SECRET = "売上 1,234 百万円"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


class Checkout:
    """A checkout with kamlab's hook files, and nothing of the machine's git settings."""

    def __init__(self, root, monkeypatch):
        self.root = root
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            monkeypatch.delenv(name)
        settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        people = {
            f"GIT_{who}_{what}": "t@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        for name, value in {**settings, **people}.items():
            monkeypatch.setenv(name, value)
        folder = root / "tools" / "hooks"
        folder.mkdir(parents=True)
        for name in ("pre-commit", "pre_commit.py", "shipped.txt"):
            shutil.copy(ROOT / "tools" / "hooks" / name, folder / name)
        python = root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        self.git("init", "-q")

    def git(self, *arguments, check=True):
        command = ["git", *arguments]
        return subprocess.run(
            command, cwd=self.root, check=check, capture_output=True, text=True, encoding="utf-8"
        )

    def write(self, path, content="text\n"):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="\n")

    def commit(self, *paths, more=()):
        self.git("add", "-f", *paths)
        return self.git("commit", "-q", "-m", "x", *more, check=False)

    def committed(self, path):
        return self.git("show", f"HEAD:{path}").stdout


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    made = Checkout(tmp_path / "ある 'checkout'", monkeypatch)
    install_hook(made.root)
    return made


def notebook(source="company", output=SECRET):
    shown = new_output("stream", name="stdout", text=output)
    cell = new_code_cell(source, id="a", execution_count=3, outputs=[shown])
    cell.metadata["execution"] = {"iopub.status.busy": "2026-11-22"}
    book = new_notebook(cells=[new_markdown_cell("# 分析", id="b"), cell])
    book.metadata["widgets"] = {"state": {"x": SECRET}}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("private/crm.xlsx", "the folder private stays on your machine"),
        ("reports/q3.html", "the folder reports stays"),
        ("notebooks/company/private/crm.toml", "the folder private stays"),
        ("Private/crm.csv", "the folder private stays"),
        ("data/my.key", "a key stays on your machine"),
        ("notebooks/company/取引先.xlsx", "do not belong among the notebooks"),
        ("notebooks/crm.CSV", "do not belong among the notebooks"),
    ],
)
def test_what_must_stay_is_refused_with_place_and_remedy(checkout, path, said):
    checkout.write(path)
    checkout.write("ok.txt")
    done = checkout.commit(path, "ok.txt")
    assert done.returncode != 0
    assert f"{path}: " in done.stderr
    assert said in done.stderr
    assert "git restore --staged FILE" in done.stderr
    assert checkout.git("log", check=False).returncode != 0, "something was committed"


def test_all_reasons_are_told_at_once_and_nothing_is_changed(checkout):
    checkout.write("private/a.csv")
    checkout.write("b.key")
    checkout.write(COMPANY, notebook())
    done = checkout.commit("private/a.csv", "b.key", COMPANY)
    assert done.stderr.count("stays on your machine") == 2
    assert checkout.git("show", f":{COMPANY}").stdout == notebook()


@pytest.mark.parametrize("path", ["data/examples/a.xlsx", "privately/a.csv", "docs/private.md"])
def test_other_files_go_through_untouched(checkout, path):
    checkout.write(path)
    done = checkout.commit(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.committed(path) == "text\n"


def test_what_was_committed_by_mistake_can_be_taken_out(checkout):
    checkout.write("private/a.csv")
    checkout.git("add", "-f", "private/a.csv")
    checkout.git("commit", "-q", "--no-verify", "-m", "by mistake")
    checkout.git("rm", "-q", "--cached", "private/a.csv")
    assert checkout.git("commit", "-q", "-m", "out", check=False).returncode == 0


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (COMPANY, "company"),
        ("notebooks/company/深い/mine.IPYNB", "company"),
        ("notebooks/mine.ipynb", 'kl.read_company("private/crm.xlsx")'),
        ("mine.ipynb", 'Path("private") / "crm.xlsx"'),
        ("mine.ipynb", r'kl.read_company("..\\private\\crm.xlsx")'),
        ("mine.ipynb", "kl.read_company('../private')"),
    ],
)
def test_company_notebooks_are_committed_without_outputs(checkout, path, source):
    checkout.write(path, notebook(source))
    done = checkout.commit(path)
    assert done.returncode == 0
    assert "without its outputs" in done.stderr
    kept = checkout.committed(path)
    assert "1,234" not in kept
    book = json.loads(kept)
    assert book["cells"][0]["source"] == "# 分析"
    assert book["cells"][1]["source"] == source
    assert (book["cells"][1]["outputs"], book["cells"][1]["execution_count"]) == ([], None)
    assert "execution" not in book["cells"][1]["metadata"]
    assert "widgets" not in book["metadata"]
    assert (checkout.root / path).read_text(encoding="utf-8") == notebook(source)


@pytest.mark.parametrize("more", [["-a"], ["--", COMPANY]], ids=["all", "one path"])
def test_commits_that_stage_by_themselves_are_stripped_too(checkout, more):
    checkout.write(COMPANY, notebook(output="first"))
    checkout.commit(COMPANY)
    checkout.write(COMPANY, notebook("company.accounts"))
    done = checkout.git("commit", "-q", "-m", "x", *more, check=False)
    assert done.returncode == 0
    assert "1,234" not in checkout.committed(COMPANY)
    assert "company.accounts" in checkout.committed(COMPANY)


def test_a_stripped_notebook_is_left_as_it_is(checkout):
    checkout.write(COMPANY, notebook())
    checkout.commit(COMPANY)
    bare = checkout.committed(COMPANY).replace("分析", "分析2")
    checkout.write(COMPANY, bare)
    assert checkout.commit(COMPANY).stderr == ""
    assert checkout.committed(COMPANY) == bare


@pytest.mark.parametrize("source", ["kl.sample_company()", "privately / 2", "# deprivated/x"])
def test_lessons_keep_their_outputs(checkout, source):
    checkout.write("notebooks/05_lesson.ipynb", notebook(source))
    assert checkout.commit("notebooks/05_lesson.ipynb").returncode == 0
    assert SECRET in checkout.committed("notebooks/05_lesson.ipynb")


def test_a_shipped_notebook_keeps_its_outputs_until_anything_in_it_differs(checkout):
    path = "notebooks/company/C1_your_own_data.ipynb"
    checkout.write(path, notebook('mapping.save("private/crm.toml")', output="example"))
    ship = [sys.executable, "tools/hooks/pre_commit.py", "--ship", path]
    subprocess.run(ship, cwd=checkout.root, check=True)
    checkout.commit(path)
    assert "example" in checkout.committed(path)
    checkout.write(path, notebook('mapping.save("private/crm.toml")'))
    checkout.commit(path)
    assert "1,234" not in checkout.committed(path)


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"worksheets": []}', '{"cells": [{}]}'])
def test_a_company_notebook_that_cannot_be_stripped_is_refused(checkout, content):
    checkout.write(COMPANY, content)
    done = checkout.commit(COMPANY)
    assert done.returncode != 0
    assert "save it anew in JupyterLab" in done.stderr


def test_an_older_commit_without_the_hooks_files_can_still_be_worked_on(checkout):
    shutil.rmtree(checkout.root / "tools")
    checkout.write("a.txt")
    assert checkout.commit("a.txt").returncode == 0


# How it gets there


def test_it_is_installed_once_and_said(tmp_path, monkeypatch):
    made = Checkout(tmp_path / "new", monkeypatch)
    assert ".git/hooks/pre-commit" in install_hook(made.root)
    assert install_hook(made.root) == ""
    hook = made.root / ".git" / "hooks" / "pre-commit"
    assert hook.read_bytes() == (ROOT / "tools/hooks/pre-commit").read_bytes()
    assert os.name == "nt" or os.access(hook, os.X_OK)


def test_an_older_one_of_ours_is_replaced(checkout):
    hook = checkout.root / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\n# Put here by kamlab: older\n", encoding="utf-8")
    assert install_hook(checkout.root) != ""
    assert b"older" not in hook.read_bytes()


def test_a_hook_of_the_users_own_is_left_alone(checkout):
    hook = checkout.root / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    assert "call tools/hooks/pre-commit from it" in install_hook(checkout.root)
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\nexit 0\n"


def test_hooks_kept_elsewhere_are_left_alone(checkout, tmp_path):
    checkout.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    assert "elsewhere" in install_hook(checkout.root)
    assert not (tmp_path / "hooks").exists()


def test_further_work_trees_are_looked_after_too(checkout):
    checkout.commit("tools")
    other = checkout.root.parent / "other"
    checkout.git("worktree", "add", "-q", str(other))
    assert install_hook(other) == ""
    (other / "private").mkdir()
    (other / "private" / "crm.csv").touch()
    for arguments in (["add", "-f", "private"], ["commit", "-q", "-m", "x"]):
        done = subprocess.run(["git", *arguments], cwd=other, capture_output=True, encoding="utf-8")
    assert done.returncode != 0
    assert "private/crm.csv: the folder private stays" in done.stderr


def test_a_folder_that_is_no_checkout_of_its_own_is_left_alone(checkout, tmp_path):
    inside = checkout.root / "kamlab"
    inside.mkdir()
    assert install_hook(inside) == ""
    assert install_hook(tmp_path) == ""


def test_set_up_installs_it_and_an_automatic_run_does_not(monkeypatch, capsys):
    monkeypatch.setattr(make, "set_up", lambda: sys.executable)
    monkeypatch.setattr(make, "condition", lambda root: ("ready", "all set."))
    monkeypatch.setattr(make, "install_hook", lambda root: f"hook in {root.name}")
    monkeypatch.setenv("CI", "true")
    make.main(["setup"])
    assert capsys.readouterr().out == "kamlab: all set.\n"
    monkeypatch.delenv("CI")
    make.main(["setup"])
    assert capsys.readouterr().out == f"kamlab: hook in {ROOT.name}\nkamlab: all set.\n"


@pytest.mark.parametrize("name", ["install.py", "pre_commit.py", "__init__.py"])
def test_it_can_be_read_by_python_38_and_needs_no_package(name):
    text = (ROOT / "tools" / "hooks" / name).read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 8))
    imported = {
        module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names | {"tools"}


# What comes with kamlab


def test_the_hook_can_be_run():
    told = subprocess.run(
        ["git", "ls-files", "-s", "tools/hooks/pre-commit"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert told.returncode != 0 or told.stdout == "" or told.stdout.startswith("100755")


COMING = sorted((ROOT / "notebooks" / "company").glob("C[0-9]*_*.ipynb"))


@pytest.mark.parametrize("path", COMING, ids=lambda path: path.name)
def test_company_notebooks_that_come_with_kamlab_are_recorded_as_they_are(path):
    name = path.relative_to(ROOT).as_posix()
    remedy = f"python tools/hooks/pre_commit.py --ship {name}"
    assert pre_commit.is_shipped(name, path.read_bytes()), remedy


@pytest.mark.parametrize("name", sorted(pre_commit.shipped()) or [None])
def test_nothing_is_recorded_that_is_not_there(name):
    assert name is None or (ROOT / name).is_file()


# What git ignores


@pytest.mark.parametrize(
    "path",
    [
        "private/crm.xlsx",
        "reports/q3.html",
        "notebooks/company/private/crm.toml",
        "notebooks/private/pseudonym.key",
        "pseudonym.key",
        "notebooks/crm.xlsx",
        "notebooks/company/deep/crm.csv",
    ],
)
def test_git_ignores_what_is_the_companys(tmp_path, monkeypatch, path):
    made = Checkout(tmp_path / "new", monkeypatch)
    shutil.copy(ROOT / ".gitignore", made.root / ".gitignore")
    assert made.git("check-ignore", path, check=False).returncode == 0


@pytest.mark.parametrize(
    "path", ["notebooks/company/C1.ipynb", "data/examples/a.xlsx", "kamlab/intake/privacy/key.py"]
)
def test_git_ignores_nothing_of_kamlab(tmp_path, monkeypatch, path):
    made = Checkout(tmp_path / "new", monkeypatch)
    shutil.copy(ROOT / ".gitignore", made.root / ".gitignore")
    assert made.git("check-ignore", path, check=False).returncode == 1
