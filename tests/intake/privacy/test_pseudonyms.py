import base64
import hashlib
import re

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kamlab.intake.privacy.pseudonyms import pseudonym, pseudonyms

KEY = bytes(range(32))


def hmac_sha256(key, message):
    """RFC 2104, written out: the other way to the same hash."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()


def test_it_is_the_first_80_bits_of_the_hash_as_rfc_2104_defines_it():
    digest = hmac_sha256(KEY, "account\0顧客-017".encode())
    assert pseudonym(KEY, "account", "顧客-017") == f"A-{base64.b32encode(digest[:10]).decode()}"


@given(st.text(), st.text())
def test_different_values_differ_and_equal_ones_agree(one, other):
    assert (pseudonym(KEY, "account", one) == pseudonym(KEY, "account", other)) == (one == other)


@given(st.text())
def test_a_spreadsheet_takes_it_for_text(value):
    assert re.fullmatch("[A-Z]-[A-Z2-7]{16}", pseudonym(KEY, "contact", value))


def test_the_kind_and_the_key_enter():
    by_kind = {pseudonym(KEY, kind, "17")[2:] for kind in ("account", "contact", "order")}
    assert len(by_kind) == 3
    assert pseudonym(KEY, "account", "17") != pseudonym(bytes(32), "account", "17")


def test_a_hundred_thousand_do_not_collide():
    found = pseudonyms(KEY, "order", pd.Series([str(n) for n in range(100_000)]))
    assert found.is_unique


def test_a_column_keeps_its_order_repeats_index_and_gaps():
    values = pd.Series(["b", None, "a", "b"], index=[3, 1, 7, 5], dtype="str")
    found = pseudonyms(KEY, "account", values)
    assert found.index.tolist() == [3, 1, 7, 5]
    assert found.isna().tolist() == [False, True, False, False]
    assert found.iloc[0] == found.iloc[3] == pseudonym(KEY, "account", "b")
    assert found.dtype == "str"


def test_an_empty_column_stays_text():
    assert pseudonyms(KEY, "account", pd.Series([], dtype="str")).dtype == "str"
