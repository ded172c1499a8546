"""Pseudonyms: from an identifier and a key, always the same; back, only by trying."""

from __future__ import annotations

import hmac
from base64 import b32encode

import pandas as pd

BYTES = 10
"""Of a hash, in a pseudonym: 80 bits. Among ten million identifiers, two share one with a
probability below 1e-10 (n² / 2^81)."""


def pseudonym(key: bytes, kind: str, value: str) -> str:
    """Return the pseudonym of one value: an initial and 16 letters and digits.

    Parameters
    ----------
    key : bytes
    kind : str
        What the value identifies, such as `account`. It enters the hash, so that an account and
        a person with the same number cannot be linked.
    value : str

    Examples
    --------
    >>> pseudonym(bytes(32), "account", "A-001")
    'A-VE5SVSFJK4D6KYEJ'
    """
    digest = hmac.digest(key, f"{kind}\0{value}".encode(), "sha256")
    return f"{kind[0].upper()}-{b32encode(digest[:BYTES]).decode('ascii')}"


def pseudonyms(key: bytes, kind: str, values: pd.Series) -> pd.Series:
    """Return the pseudonyms of a column; missing stays missing."""
    known = values.dropna().unique()
    return values.map({value: pseudonym(key, kind, value) for value in known}).astype("str")
