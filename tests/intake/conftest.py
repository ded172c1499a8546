"""The awkward little company of `tests/accounts` has to survive every file."""

from tests.accounts.conftest import company, frames

__all__ = ["company", "frames"]
