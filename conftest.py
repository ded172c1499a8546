"""What the examples in docstrings may use, and what is no test."""

import pytest

import kamlab as kl

collect_ignore_glob = ["tests/reference/*/*.py"]
"""Scripts that made the reference numbers; they import software that is not installed here."""


@pytest.fixture(scope="session", autouse=True)
def names_for_examples(doctest_namespace):
    """Let examples begin with `kl`, as users do."""
    doctest_namespace["kl"] = kl
