"""A company without names: identifiers become pseudonyms, and what may tell who it is goes."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator
from os import PathLike
from typing import Any

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.identity import identity
from kamlab.accounts.tables import table
from kamlab.foundation.errors import ArgumentError, DataWarning
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.intake.privacy.key import read_key
from kamlab.intake.privacy.pseudonyms import pseudonyms
from kamlab.intake.privacy.revealing import holds_telling_words, is_free_text, telling_words

PEOPLE = ("manager",)
"""Names that stay as pseudonyms, for who looks after whom is part of the analysis."""

CLASSES = ("industry", "region", "role", "function", "product_family")
"""Text that sorts rows into classes; it stays unless it tells who a row is."""


def pseudonymise(
    company: Company, *, key: str | PathLike[str], keep: Collection[str] = ()
) -> Company:
    """Return a company without names, whose identifiers are keyed pseudonyms.

    Parameters
    ----------
    company : Company
    key : str or path
        A file of `write_key`. The same key gives the same pseudonyms: in every table, and in
        next quarter's export.
    keep : collection of str
        Columns to keep as they are although they would be taken out or replaced: a name
        such as `"segment"`, or `"contacts.name"` where it stands in several tables.
        Identifiers cannot be kept.

    Returns
    -------
    Company
        With its rows sorted by pseudonym, since their order could tell which is which.

    Raises
    ------
    ArgumentError
        If `keep` names what is not there, or an identifier.
    KamlabError
        If the key cannot be read.

    Warns
    -----
    DataWarning
        Always: it lists what was taken out and what stayed.

    Notes
    -----
    *Replaced*: every identifier, and `manager`, by HMAC-SHA256 of the kind of identifier and the
    identifier. *Taken out*: names, other text, columns that are not declared, the name and
    source of the company, and `truth`. *Kept*: numbers, dates, money with its currency,
    codes, yes and no; and text that sorts into classes (`industry`, `region`, `role`,
    `function`, `product_family`), unless a value of it contains a name or an identifier, or
    hardly two rows share a value.

    This is no anonymity: who knows an account's revenue or the day of an order finds it again.
    `small_cells` counts the accounts that share a combination of values.

    Examples
    --------
    >>> safe = kl.pseudonymise(company, key="private/pseudonym.key")  # doctest: +SKIP
    """
    secret = read_key(key)
    wanted = (keep,) if isinstance(keep, str) else tuple(keep)
    _refuse_unknown(wanted, company)
    words = telling_words(company)
    told = _Told(company)
    frames: dict[str, Any] = {
        name: _without_names(name, frame, secret, wanted, words, told)
        for name, frame in company.tables.items()
    }
    safe = Company(
        **frames,
        currency=company.currency,
        simulated=company.simulated,
        source=str(say("intake.pseudonymised_source")),
    )
    warnings.warn(str(told.text), DataWarning, stacklevel=2)
    return safe


def pseudonym_table(company: Company, *, key: str | PathLike[str]) -> pd.DataFrame:
    """Return which pseudonym stands for which account: the way back, for who holds the key.

    Parameters
    ----------
    company : Company
        As it was before `pseudonymise`.
    key : str or path

    Returns
    -------
    DataFrame
        `account_id`, `name` where known, and `pseudonym`, one row an account.

    Raises
    ------
    KamlabError
        If the key cannot be read.
    """
    found = identity(company.accounts)
    return found.assign(pseudonym=pseudonyms(read_key(key), "account", found["account_id"]))


class _Told:
    """What has to be said of a pseudonymised company."""

    def __init__(self, company: Company) -> None:
        self.dropped: list[str] = [] if company.truth is None else ["truth"]
        self.kept: list[str] = []
        self.telling: list[str] = []

    @property
    def text(self) -> Text:
        """All of it, in sentences."""
        sentences = [
            say(f"intake.pseudonymised_{part}", columns=join([same(name) for name in columns]))
            for part, columns in (
                ("dropped", self.dropped),
                ("telling", self.telling),
                ("kept", self.kept),
            )
            if columns
        ]
        return paragraph([*sentences, say("intake.pseudonymised_beware")])


def _without_names(
    name: str,
    frame: pd.DataFrame,
    secret: bytes,
    wanted: Collection[str],
    words: frozenset[str],
    told: _Told,
) -> pd.DataFrame:
    types = {column.name: column.type for column in table(name).columns}
    columns: dict[str, pd.Series] = {}
    for column in frame.columns:
        place, values, kind = f"{name}.{column}", frame[column], types.get(column)
        if kind == "id":
            columns[column] = pseudonyms(secret, column.removesuffix("_id"), values)
        elif column in wanted or place in wanted:
            columns[column] = values
            told.kept.append(place)
        elif column in PEOPLE:
            columns[column] = pseudonyms(secret, column, values)
        elif kind is None or (kind == "text" and column not in CLASSES):
            told.dropped.append(place)
        elif column in CLASSES and (is_free_text(values) or holds_telling_words(values, words)):
            told.telling.append(place)
        else:
            columns[column] = values
            told.kept += [place] if column in CLASSES else []
    return pd.DataFrame(columns).sort_values(list(table(name).key), ignore_index=True)


def _refuse_unknown(wanted: Collection[str], company: Company) -> None:
    places = list(_places(company))
    known = {word for name, column in places for word in (column, f"{name}.{column}")}
    if strange := [word for word in wanted if word not in known]:
        named = join([same(word) + nearest_hint(word, sorted(known)) for word in strange])
        raise ArgumentError(say("intake.keep_unknown", names=named))
    identifiers = {
        word
        for name, column in places
        if column in {own.name for own in table(name).columns if own.type == "id"}
        for word in (column, f"{name}.{column}")
    }
    if refused := [word for word in wanted if word in identifiers]:
        named = join([same(word) for word in refused])
        raise ArgumentError(say("intake.keep_identifier", names=named))


def _places(company: Company) -> Iterator[tuple[str, str]]:
    for name, frame in company.tables.items():
        for column in frame.columns:
            yield name, column
