"""What is too large, or made to do harm, is refused before it is unpacked."""

import os
import zipfile

import pytest

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import speaking
from kamlab.intake.sources import limits, text_file
from kamlab.intake.sources.found import UnreadableSheet
from kamlab.intake.sources.open_sources import open_sources
from kamlab.intake.sources.text_file import read_text_file
from kamlab.intake.sources.workbook import open_workbook


def bomb(path, megabytes):
    """Write an archive of a few kilobytes that unpacks to many megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(megabytes):
                part.write(bytes(2**20))
    return path


def test_an_archive_that_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ALWAYS_UNPACKED", 2 * limits.MEGABYTE)
    path = bomb(tmp_path / "crm.xlsx", 4)
    with pytest.raises(KamlabError, match=r"would unpack to 4 MB in 2 parts, .* was not opened"):
        open_workbook(path)
    with speaking("ja"), pytest.raises(KamlabError, match="開きませんでした"):
        open_workbook(path)


def test_what_unpacks_to_little_may_be_packed_well(tmp_path):
    with pytest.raises(KamlabError, match="not an Excel workbook"):
        open_workbook(bomb(tmp_path / "crm.xlsx", 4))


@pytest.mark.parametrize(("limit", "value"), [("MOST_UNPACKED", 2**20), ("MOST_PARTS", 1)])
def test_size_and_number_of_parts_are_limited(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(limits, limit, value)
    with pytest.raises(KamlabError, match="would unpack"):
        open_workbook(bomb(tmp_path / "crm.xlsx", 2))


def test_an_archive_within_the_archive_is_not_opened(tmp_path):
    inner = bomb(tmp_path / "inner.zip", 1).read_bytes()
    path = tmp_path / "crm.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook><sheets/></workbook>")
        archive.writestr("xl/embeddings/inner.zip", inner)
    assert open_workbook(path) == ()


def test_files_beyond_the_limit_are_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "accounts.csv"
    path.write_bytes(b"account_id\n" + b"A\n" * limits.MEGABYTE)
    monkeypatch.setattr(text_file, "LARGEST_TEXT", limits.MEGABYTE)
    with pytest.raises(KamlabError, match="has 2 MB; kamlab reads up to 1 MB"):
        read_text_file(path, set(), None)
    with pytest.raises(UnreadableSheet) as caught:
        open_sources(path)[0].read(set(), None)
    assert "up to 1 MB" in caught.value.words["reason"].en


def test_a_text_of_too_many_fields_is_refused_before_it_is_split(tmp_path, monkeypatch):
    path = tmp_path / "accounts.csv"
    path.write_text("a,b\n" + "," * 100, encoding="utf-8")
    monkeypatch.setattr(limits, "MOST_CELLS", 100)
    with pytest.raises(UnreadableSheet) as caught:
        read_text_file(path, set(), None)
    assert caught.value.kind == "too_many_cells"


def test_a_sheet_of_too_many_cells_is_refused(tmp_path, monkeypatch):
    from openpyxl import Workbook

    book = Workbook()
    for number in range(5):
        book.active.cell(number + 1, 30, "x")
    book.save(tmp_path / "crm.xlsx")
    monkeypatch.setattr(limits, "MOST_CELLS", 100)
    (source,) = open_workbook(tmp_path / "crm.xlsx")
    with pytest.raises(UnreadableSheet) as caught:
        source.read(set(), None)
    assert caught.value.kind == "too_many_cells"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_never_opened(tmp_path):
    for name in ("accounts.csv", "crm.xlsx", "crm.db", "x.parquet"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(KamlabError, match="no ordinary file"):
            open_sources(tmp_path / name)
    for source in open_sources(tmp_path):
        with pytest.raises(UnreadableSheet) as caught:
            source.read(set(), None)
        assert caught.value.kind == "unopened"


def test_a_link_that_leads_to_itself_is_no_file(tmp_path):
    loop = tmp_path / "loop.csv"
    try:
        loop.symlink_to(loop)
    except OSError:
        pytest.skip("the system lets this user make no links")
    with pytest.raises(KamlabError):
        open_sources(loop)
    (source,) = open_sources(tmp_path)
    with pytest.raises(UnreadableSheet) as caught:
        source.read(set(), None)
    assert caught.value.kind == "unopened"
