from pathlib import Path

import pytest

from kamlab.command.files import beside, check_places, whole, whole_folder
from kamlab.foundation.errors import ArgumentError, KamlabError


def left_in(folder):
    return sorted(each.name for each in folder.iterdir())


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "page.html"
    with whole(path) as draft:
        draft.write_text("half", encoding="utf-8")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "half"
    assert left_in(path.parent) == ["page.html"]


def write_half(path, end):
    with whole(path) as draft:
        draft.write_text("half", encoding="utf-8")
        raise end


@pytest.mark.parametrize("end", [KeyboardInterrupt, ValueError])
def test_what_was_there_is_untouched_if_the_work_ends_early(tmp_path, end):
    path = tmp_path / "page.html"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(end):
        write_half(path, end)
    assert path.read_text(encoding="utf-8") == "old"
    assert left_in(tmp_path) == ["page.html"]


def write_half_a_folder(path):
    with whole_folder(path) as draft:
        draft.mkdir()
        (draft / "accounts.csv").write_text("x", encoding="utf-8")
        raise KeyboardInterrupt


def test_nothing_stays_of_a_folder_if_the_work_ends_early(tmp_path):
    path = tmp_path / "sample"
    with pytest.raises(KeyboardInterrupt):
        write_half_a_folder(path)
    assert left_in(path) == []


def test_files_of_a_folder_are_replaced_and_others_stay(tmp_path):
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with whole_folder(tmp_path) as draft:
        draft.mkdir()
        (draft / "a.csv").write_text("new", encoding="utf-8")
    assert left_in(tmp_path) == ["a.csv", "mine.txt"]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "new"


def test_that_a_place_cannot_be_written_to_is_seen_before_any_work(tmp_path):
    worked = []
    with pytest.raises(KamlabError, match="cannot be written"), whole(tmp_path):
        worked.append(True)
    assert not worked


def test_every_clash_of_places_is_told_at_once(tmp_path):
    export = tmp_path / "crm.xlsx"
    with pytest.raises(ArgumentError) as refusal:
        check_places(
            {"EXPORT": export},
            {"--comments": tmp_path / "." / "crm.xlsx", "--set-aside": export},
            overwrite=True,
        )
    assert str(refusal.value).count("\n") == 2


def test_all_that_is_missing_or_there_already_is_told_at_once(tmp_path):
    there = tmp_path / "there.html"
    there.touch()
    with pytest.raises(KamlabError) as refusal:
        check_places(
            {"EXPORT": tmp_path / "crm.xlsx", "--mapping": tmp_path / "crm.toml"},
            {"--output": there},
            overwrite=False,
        )
    words = str(refusal.value)
    assert "EXPORT: there is no" in words
    assert "--mapping: there is no" in words
    assert "There is already" in words
    check_places({}, {"--output": there}, overwrite=True)


def test_an_empty_folder_is_no_obstacle_a_full_one_is(tmp_path):
    check_places({}, {"OUT": tmp_path}, overwrite=False)
    (tmp_path / "x").touch()
    with pytest.raises(KamlabError, match="There is already"):
        check_places({}, {"OUT": tmp_path}, overwrite=False)


def test_a_place_beside_has_the_name_of_the_export_whatever_it_is(tmp_path, monkeypatch):
    folder = tmp_path / "crm.2026"
    folder.mkdir()
    assert beside(folder, ".toml") == tmp_path / "crm.2026.toml"
    assert beside(tmp_path / "crm.2026.xlsx", ".toml") == tmp_path / "crm.2026.toml"
    monkeypatch.chdir(folder)
    assert beside(Path("."), "_x.html") == tmp_path / "crm.2026_x.html"
    assert beside(Path(".."), "_x.html").parent == tmp_path.parent
