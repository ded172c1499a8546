"""Every kind of file, alone and together in a folder."""

import duckdb
import pandas as pd
import pytest
from openpyxl import Workbook

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import speaking
from kamlab.intake.sources.found import UnreadableSheet
from kamlab.intake.sources.open_sources import open_sources

FRAME = pd.DataFrame({"account_id": ["A-1", "A-2"], "name": ["甲", "乙"]})


def workbook(path, *titles):
    book = Workbook()
    book.remove(book.active)
    for title in titles:
        sheet = book.create_sheet(title)
        for row in [list(FRAME), *FRAME.to_numpy().tolist()]:
            sheet.append(row)
    book.save(path)


def database(path):
    with duckdb.connect(path) as connection:
        connection.execute("create table accounts (account_id varchar, name varchar)")
        connection.execute("insert into accounts values ('A-1', '甲'), ('A-2', '乙')")


WRITERS = {
    "accounts.csv": lambda path: FRAME.to_csv(path, index=False),
    "accounts.TSV": lambda path: FRAME.to_csv(path, index=False, sep="\t"),
    "accounts.txt": lambda path: FRAME.to_csv(path, index=False, sep=";", encoding="utf-16"),
    "crm.xlsx": lambda path: workbook(path, "accounts"),
    "crm.xlsm": lambda path: workbook(path, "accounts"),
    "accounts.parquet": FRAME.to_parquet,
    "accounts.pq": FRAME.to_parquet,
    "crm.duckdb": database,
    "crm.db": database,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_records(tmp_path, name):
    WRITERS[name](tmp_path / name)
    (source,) = open_sources(tmp_path / name)
    is_named_within = name.startswith("crm")
    assert (source.name, source.file) == ("accounts" if is_named_within else name, name)
    found = source.read({"accountid", "name"}, None)
    assert (found.name, found.file) == (source.name, source.file)
    assert found.headings == ("account_id", "name")
    assert found.cells.to_numpy().tolist() == FRAME.to_numpy().tolist()
    assert found.rows.tolist() == [2, 3]


def test_a_folder_gives_all_tables_of_all_kinds_in_the_order_of_files(tmp_path):
    kinds = {
        "survey.csv": "accounts.csv",
        "crm.xlsx": "crm.xlsx",
        "periods.parquet": "accounts.parquet",
    }
    for name, kind in kinds.items():
        WRITERS[kind](tmp_path / name)
    with duckdb.connect(tmp_path / "orders.duckdb") as connection:
        connection.execute("create table orders as select 1 as order_id")
    for passed_over in ("README.md", ".hidden.csv", "~$crm.xlsx", "picture.png"):
        (tmp_path / passed_over).write_bytes(b"x")
    (tmp_path / "folder.csv").mkdir()
    assert [(source.file, source.name) for source in open_sources(tmp_path)] == [
        ("crm.xlsx", "accounts"),
        ("orders.duckdb", "orders"),
        ("periods.parquet", "periods.parquet"),
        ("survey.csv", "survey.csv"),
    ]


def test_sheets_of_one_title_in_several_workbooks_bear_the_files_name(tmp_path):
    workbook(tmp_path / "east.xlsx", "顧客", "注文")
    workbook(tmp_path / "west.xlsx", "顧客")
    assert [source.name for source in open_sources(tmp_path)] == [
        "east.xlsx/顧客", "注文", "west.xlsx/顧客",
    ]  # fmt: skip


def test_a_file_of_a_folder_that_cannot_be_opened_says_so_when_it_is_read(tmp_path):
    FRAME.to_csv(tmp_path / "accounts.csv", index=False)
    (tmp_path / "crm.xlsx").write_bytes(b"")
    (tmp_path / "old.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1"))
    (tmp_path / "x.db").write_bytes(b"no database at all")
    accounts, *others = open_sources(tmp_path)
    assert len(accounts.read(set(), None).rows) == 2
    reasons = []
    for source in others:
        assert source.name == source.file
        with pytest.raises(UnreadableSheet) as caught:
            source.read(set(), None)
        assert (caught.value.kind, caught.value.allowed) == ("unopened", "files")
        reasons.append(caught.value.words["reason"].en)
    assert [part in reason for part, reason in zip(
        ["0 bytes", "old Excel format", "not a DuckDB database"], reasons, strict=True
    )] == [True] * 3  # fmt: skip


def test_a_file_that_vanishes_before_it_is_read_is_told(tmp_path):
    FRAME.to_csv(tmp_path / "accounts.csv", index=False)
    (source,) = open_sources(tmp_path)
    (tmp_path / "accounts.csv").unlink()
    with pytest.raises(UnreadableSheet) as caught:
        source.read(set(), None)
    assert caught.value.kind == "unopened"


@pytest.mark.parametrize(
    ("name", "english", "japanese"),
    [
        ("no.xlsx", ["no file or folder", "Check the spelling"], ["ありません"]),
        ("", ["no files that kamlab reads", "accounts.csv"], ["読み込めるファイル"]),
        ("crm.ods", ["of no kind that kamlab reads", ".parquet"], ["読み込める形式"]),
        ("crm", ["of no kind that kamlab reads"], ["読み込める形式"]),
        ("crm.xlsb", ["not an Excel workbook"], ["Excelブックではない"]),
    ],
)
def test_what_cannot_be_opened_is_told_in_both_languages(tmp_path, name, english, japanese):
    path = tmp_path / name
    if name.startswith("crm"):
        path.write_bytes(b"x")
    with pytest.raises(KamlabError) as caught:
        open_sources(path)
    assert [part for part in english if part not in str(caught.value)] == []
    with speaking("ja"):
        assert [part for part in japanese if part not in str(caught.value)] == []
