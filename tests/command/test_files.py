from pathlib import Path

import pytest

from kamlab.command.files import beside, check_places
from kamlab.foundation.errors import ArgumentError, KamlabError


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
