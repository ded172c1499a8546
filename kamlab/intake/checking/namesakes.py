"""Customers that may be in the list twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pandas as pd

from kamlab.accounts.findings import Finding, Sheet
from kamlab.foundation.nearest import fold
from kamlab.intake.checking.doubt import doubt

_LEGAL_FORM_JA = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|\((株|有|同|資|名)\)|一般社団法人|一般財団法人"
)
_LEGAL_FORM_EN = re.compile(
    r"\b(incorporated|inc|corporation|corp|company|co|limited|ltd|llc|plc|gmbh|ag|kk|k\.k)\b\.?"
)
_NOT_LETTERS = re.compile(r"[\W_]+")


def bare_name(name: str) -> str:
    """Return a company's name without legal form, width, case, spaces and punctuation.

    Examples
    --------
    >>> bare_name("㈱ヤマダ　商店") == bare_name("ヤマダ商店 株式会社")
    True
    >>> bare_name("Yamada Co., Ltd.")
    'yamada'
    """
    words = unicodedata.normalize("NFKC", name).casefold()
    words = _LEGAL_FORM_EN.sub(" ", _LEGAL_FORM_JA.sub(" ", words))
    return _NOT_LETTERS.sub("", words)


def namesakes(accounts: Sheet) -> Iterator[Finding]:
    """Yield warnings about accounts with one name, or with ids that differ in form only.

    Parameters
    ----------
    accounts : Sheet
        The ids of namesakes differ; the same id twice is an error and told elsewhere.
    """
    if not accounts.has("account_id"):
        return
    ids = accounts.typed["account_id"].dropna()
    alike = pd.Series([fold(one).lstrip("0") for one in ids], index=ids.index)
    yield from _again(accounts, "account_id", "id_alike", alike)
    if accounts.has("name"):
        names = accounts.typed["name"].dropna()
        yield from _again(accounts, "name", "same_name", names.map(bare_name))


def _again(accounts: Sheet, column: str, kind: str, keys: pd.Series) -> Iterator[Finding]:
    keys = keys[keys != ""]
    first = pd.Series(keys.index, keys.index).groupby(keys, sort=False).transform("first")
    ids = accounts.typed["account_id"]
    here, there = ids.loc[keys.index], ids.loc[first]
    other = keys.index[here.notna().to_numpy() & (here.to_numpy() != there.to_numpy())]
    yield from doubt(
        accounts,
        column,
        kind,
        other,
        lambda at: {
            "value": accounts.shown(column, at),
            "other": accounts.shown("account_id", first[at]),
            "row": accounts.rows[first[at]],
        },
    )
