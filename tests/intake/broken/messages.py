"""What a user is told about an input: the error, or the warnings of one that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import speaking
from kamlab.intake.check import check_company
from kamlab.intake.read import read_company
from tests.intake.broken.builders import NO_FILE, Broken


def refused(case: Broken, place: Path) -> dict[str, str]:
    """Read an input that must be refused, and return the message in both languages."""
    path = case.build(_folder(place))
    with pytest.raises(KamlabError) as caught:
        read_company(path, mapping=_mapping(case, place))
    return _in_both_languages(caught.value)


def doubted(case: Broken, place: Path) -> dict[str, str]:
    """Check an input that can be read, and return its warnings in both languages."""
    path = case.build(_folder(place))
    intake = check_company(path, mapping=_mapping(case, place))
    assert not intake.errors, "\n".join(str(each) for each in intake.errors)
    messages = {}
    for language in ("en", "ja"):
        with speaking(language):
            told = intake.problems().itertuples(index=False)
            messages[language] = "\n".join(" ".join(map(str, each)) for each in told)
    return messages


def missing(case: Broken, messages: dict[str, str]) -> list[str]:
    """Return the parts that the messages lack."""
    expected = [("en", part) for part in case.english] + [("ja", part) for part in case.japanese]
    return [part for language, part in expected if part not in messages[language]]


def _folder(place: Path) -> Path:
    folder = place / "export"
    folder.mkdir()
    return folder


def _mapping(case: Broken, place: Path) -> Path | None:
    if case.mapping is None:
        return None
    path = place / "crm.toml"
    if case.mapping != NO_FILE:
        content = case.mapping.encode() if isinstance(case.mapping, str) else case.mapping
        path.write_bytes(content)
    return path


def _in_both_languages(error: KamlabError) -> dict[str, str]:
    messages = {}
    for language in ("en", "ja"):
        with speaking(language):
            messages[language] = str(error)
    return messages
