import os
import stat

import pytest

from kamlab.foundation.errors import KamlabError
from kamlab.intake.privacy.key import read_key, write_key

POSIX = pytest.mark.skipif(os.name == "nt", reason="who may read a file is told otherwise there")


def test_a_key_has_32_random_bytes_and_is_read_back(tmp_path):
    one, other = (read_key(write_key(tmp_path / f"{name}.key")) for name in ("one", "other"))
    assert len(one) == len(other) == 32
    assert one != other


def test_the_file_is_one_line_of_hexadecimal_digits(key):
    written = key.read_text(encoding="ascii")
    assert bytes.fromhex(written.strip()) == read_key(key)
    assert written.endswith("\n")
    assert len(written) == 65


@POSIX
def test_only_the_owner_may_read_it_whatever_is_usual(tmp_path):
    usual = os.umask(0)
    try:
        path = write_key(tmp_path / "open.key")
    finally:
        os.umask(usual)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_folders_are_made(tmp_path):
    assert write_key(tmp_path / "a" / "b" / "c.key").exists()


def test_a_key_is_never_replaced(key, language):
    before = key.read_bytes()
    with pytest.raises(KamlabError) as caught:
        write_key(key)
    assert key.name in str(caught.value)
    assert {"en": "never replaced", "ja": "上書きはしません"}[language] in str(caught.value)
    assert key.read_bytes() == before


@POSIX
def test_a_link_to_nowhere_is_not_followed(tmp_path):
    (tmp_path / "link.key").symlink_to(tmp_path / "target.key")
    with pytest.raises(KamlabError, match="already"):
        write_key(tmp_path / "link.key")
    assert not (tmp_path / "target.key").exists()


@pytest.fixture
def checkout(tmp_path):
    root = tmp_path / "checkout"
    (root / ".git").mkdir(parents=True)
    return root


@pytest.mark.parametrize("place", ["k.key", "notebooks/company/k.key", "data/private.key"])
def test_git_must_not_keep_it(checkout, place):
    with pytest.raises(KamlabError, match=r"folder checkout, whose files git keeps.*private/pseud"):
        write_key(checkout / place)
    assert not (checkout / place).exists()


@pytest.mark.parametrize("place", ["private/k.key", "notebooks/company/private/deep/k.key"])
def test_folders_that_git_ignores_may_have_it(checkout, place):
    assert write_key(checkout / place).exists()


def test_a_work_tree_whose_git_is_a_file_is_noticed(tmp_path):
    (tmp_path / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    with pytest.raises(KamlabError, match="git keeps"):
        write_key(tmp_path / "k.key")


def test_a_folder_private_above_the_checkout_does_not_count(tmp_path):
    root = tmp_path / "private" / "checkout"
    (root / ".git").mkdir(parents=True)
    with pytest.raises(KamlabError, match="git keeps"):
        write_key(root / "k.key")


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KamlabError, match=r"k\.key.*(Not a directory|already|No such)"):
        write_key(tmp_path / "file" / "k.key")


def test_a_key_that_is_not_there_is_told_with_the_way_to_make_one(tmp_path, language):
    with pytest.raises(KamlabError) as caught:
        read_key(tmp_path / "none.key")
    assert "none.key" in str(caught.value)
    assert "kl.write_key" in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"secret", b"g" * 64, b"a" * 63, b"a" * 65, b"\xff\xfe" + b"a" * 64]
)
def test_what_is_no_key_is_refused_and_not_shown(tmp_path, content, language):
    (tmp_path / "k.key").write_bytes(content)
    with pytest.raises(KamlabError) as caught:
        read_key(tmp_path / "k.key")
    message = str(caught.value)
    assert "k.key" in message
    assert "64" in message
    assert not content or content.decode("latin-1") not in message


def test_a_folder_is_no_key(tmp_path):
    with pytest.raises(KamlabError, match="cannot be read"):
        read_key(tmp_path)


def test_line_ends_of_windows_do_no_harm(key):
    before = read_key(key)
    key.write_bytes(key.read_bytes().replace(b"\n", b"\r\n"))
    assert read_key(key) == before
