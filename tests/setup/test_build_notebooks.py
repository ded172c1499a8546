"""The stored form of a notebook: what is kept, what is dropped, what is refused."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import build_notebooks as builder


def code(source="print(2)", *outputs, count=1, name="two"):
    return new_code_cell(source, id=name, execution_count=count, outputs=list(outputs))


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def notebook(*cells):
    return new_notebook(cells=[new_markdown_cell("# Title", id="title"), *cells])


def test_clean_notebook_has_no_problem():
    assert builder.problems(notebook(code("print(2)", stream("2\n")))) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code(count=None), "not executed"),
        (code(count=7), "not executed in its turn"),
        (code("x", stream("careful", name="stderr")), "stderr: careful"),
        (code("x", stream(f"{builder.ROOT}/data")), "path of this machine"),
        (code("x", stream("/home/someone/data")), "path of this machine"),
        (code("x", stream("C:\\Users\\someone")), "path of this machine"),
        (code("x", stream("<Axes at 0x7f3a2b1c>")), "memory address"),
        (code(name="3f2a91bc"), "not in words"),
    ],
)
def test_what_must_not_be_stored_is_named(cell, said):
    (problem,) = builder.problems(notebook(cell))
    assert said in problem


def test_paths_in_tables_and_errors_are_found_too():
    table = new_output("display_data", data={"text/html": f"<td>{builder.ROOT}</td>"})
    error = new_output("error", ename="E", evalue="", traceback=[f"File {builder.ROOT}/a.py"])
    for output in (table, error):
        assert builder.problems(notebook(code("x", output)))


def test_normal_form_drops_what_differs_from_run_to_run():
    cell = code("slider", count=9)
    cell.metadata = nbformat.from_dict(
        {"tags": ["nbval-check-output"], "execution": {"iopub.status.busy": "2026-11-21"}}
    )
    view = {builder.WIDGET: {"model_id": "5c1e"}, "text/plain": "IntSlider(value=3)"}
    cell.outputs = [new_output("execute_result", data=view, execution_count=9)]
    book = notebook(new_markdown_cell("text", id="text"), cell)
    book.metadata = nbformat.from_dict(
        {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.11.7"}}
    )
    builder.normalise(book)
    assert cell.metadata == {"tags": ["nbval-check-output"]}
    assert cell.execution_count == cell.outputs[0].execution_count == 1
    assert cell.outputs[0].data == {"text/plain": builder.WIDGET_TEXT}
    assert book.metadata.language_info == {"name": "python"}
    assert "widgets" not in book.metadata


def test_normal_form_keeps_outputs_and_ids():
    book = notebook(code("print(2)", stream("2\n"), count=4, name="twice-one"))
    builder.normalise(book)
    assert book.cells[1].outputs[0].text == "2\n"
    assert book.cells[1].id == "twice-one"


def test_normal_form_of_a_normal_form_is_itself():
    book = notebook(code("print('価値')", stream("価値\n"), count=4))
    builder.normalise(book)
    once = builder.as_text(book)
    again = nbformat.reads(once, as_version=4)
    builder.normalise(again)
    assert builder.as_text(again) == once
    assert once.endswith("}\n")
    assert "価値" in once


def test_building_stores_outputs_and_a_repeat_changes_no_byte(tmp_path):
    path = tmp_path / "lesson.ipynb"
    slider = code("import ipywidgets\n\nipywidgets.IntSlider(3)", name="slider", count=None)
    book = notebook(code("print(1 + 1)", count=None), slider)
    path.write_text(builder.as_text(book), encoding="utf-8")
    assert builder.judge(path)
    assert builder.build(path) == []
    first = path.read_bytes()
    assert nbformat.reads(first.decode(), as_version=4).cells[1].outputs[0].text == "2\n"
    assert builder.judge(path) == []
    assert builder.build(path) == []
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("source", "said"),
    [("1 / 0", "ZeroDivisionError"), ("import sys\n\nprint(1, file=sys.stderr)", "stderr")],
)
def test_notebook_that_fails_is_left_as_it_was(tmp_path, source, said):
    path = tmp_path / "lesson.ipynb"
    path.write_text(builder.as_text(notebook(code(source, count=None))), encoding="utf-8")
    before = path.read_bytes()
    assert said in "\n".join(builder.build(path))
    assert path.read_bytes() == before


def test_exercises_are_left_alone_wherever_the_checkout_is(tmp_path, monkeypatch):
    folder = tmp_path / "exercises" / "notebooks"
    for name in ("lesson", "ja/lesson", "exercises/blank", ".ipynb_checkpoints/lesson"):
        path = folder / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setattr(builder, "NOTEBOOKS", folder)
    found = {path.relative_to(folder).as_posix() for path in builder.lessons()}
    assert found == {"lesson.ipynb", "ja/lesson.ipynb"}


def test_client_does_not_answer_widgets():
    assert builder.Client(notebook()).comm_open_handlers == {}
