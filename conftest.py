"""What the examples in docstrings may use."""

import pytest

import kamlab as kl


@pytest.fixture(scope="session", autouse=True)
def names_for_examples(doctest_namespace):
    """Let examples begin with `kl`, as users do."""
    doctest_namespace["kl"] = kl
