import pytest

from kamlab.foundation.errors import KamlabError
from kamlab.intake.giving.whole import put_text, whole, whole_folder


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


def test_a_text_keeps_its_line_ends_and_its_letters(tmp_path):
    path = tmp_path / "page.html"
    put_text("一\r\n二\n", path)
    assert path.read_bytes() == "一\r\n二\n".encode()
