import pytest

from kamlab.intake.privacy.key import write_key


@pytest.fixture
def key(tmp_path):
    return write_key(tmp_path / "pseudonym.key")
