"""A company: its tables, checked once and unchangeable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from kamlab.accounts.tables import TABLES, table
from kamlab.accounts.validate import check_tables, sheet_of
from kamlab.foundation.errors import DataError, KamlabError, NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.lent import Lent


@dataclass(frozen=True, eq=False, repr=False)
class Company:
    """A company's tables, checked when it is made and unchangeable afterwards.

    The tables are copied when they come in and lent as copies when they are asked for: neither
    the caller's frames nor those that a reader changes touch the company. To change one, make
    a new company: `dataclasses.replace(company, accounts=company.accounts.assign(...))`.

    Parameters
    ----------
    accounts : DataFrame
        The customers. `dictionary()` lists the columns of every table; others are kept as
        they are.
    survey, periods, transactions, contacts, interactions : DataFrame, optional
    name : str
    currency : str
        Code of the currency of every amount, such as JPY.
    truth : object, optional
        The rules behind simulated data.
    simulated : bool
        Whether the data are made up.
    source : str
        Where the data come from.

    Raises
    ------
    DataError
        With all problems of all tables at once.
    KamlabError
        If a table is no DataFrame or the currency no code.

    Examples
    --------
    >>> company = Company(accounts=pd.DataFrame({"account_id": ["017", "018"]}))
    >>> len(company.accounts)
    2
    """

    accounts: Lent[pd.DataFrame] = Lent()
    survey: Lent[pd.DataFrame | None] = Lent()
    periods: Lent[pd.DataFrame | None] = Lent()
    transactions: Lent[pd.DataFrame | None] = Lent()
    contacts: Lent[pd.DataFrame | None] = Lent()
    interactions: Lent[pd.DataFrame | None] = Lent()
    name: str = ""
    currency: str = "JPY"
    truth: object | None = None
    simulated: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise KamlabError(say("accounts.bad_currency", currency=self.currency))
        for name in TABLES:
            given = self.__dict__[f"_{name}"]
            if not isinstance(given, pd.DataFrame) and (given is not None or name == "accounts"):
                got = type(given).__name__
                raise KamlabError(say("accounts.not_a_frame", table=name, got=got))
        checked = check_tables({name: sheet_of(name, frame) for name, frame in self.tables.items()})
        if checked.findings:
            raise DataError(checked.problems)
        self.__dict__.update({f"_{name}": frame for name, frame in checked.typed.items()})

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables that the company has, by name."""
        frames = {name: getattr(self, name) for name in TABLES}
        return {name: frame for name, frame in frames.items() if frame is not None}

    def need(self, table_name: str, *columns: str, purpose: Text) -> pd.DataFrame:
        """Return a table that an analysis cannot do without.

        Parameters
        ----------
        table_name : str
            One of `TABLES`.
        *columns : str
            The columns that must be there.
        purpose : Text
            What they are needed for, as the subject of a sentence.

        Returns
        -------
        DataFrame

        Raises
        ------
        NotApplicable
            If the company has no such table, or columns are missing.
        """
        words = {"purpose": purpose, "table": table_name}
        frame = self.tables.get(table_name)
        if frame is None:
            row, needed = table(table_name).row, _named(columns or table(table_name).key)
            raise NotApplicable(say("accounts.need_table", row=row, columns=needed, **words))
        missing = [column for column in columns if column not in frame]
        if missing:
            raise NotApplicable(say("accounts.need_columns", missing=_named(missing), **words))
        return frame

    def __repr__(self) -> str:
        """Return what it is and one line a table, in the current language."""
        return "\n".join([self._head(), *(f"  {line}" for line in self._lines())])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{line}</li>" for line in self._lines())
        return f"<p>{escape(self._head())}</p><ul>{lines}</ul>"

    def _head(self) -> str:
        made_up = str(say("accounts.simulated")) if self.simulated else ""
        details = [part for part in (made_up, self.currency, self.source) if part]
        name = f" {self.name}" if self.name else ""
        return str(say("accounts.repr_head", name=name, details="; ".join(details)))

    def _lines(self) -> list[str]:
        return [
            str(
                say(
                    "accounts.repr_table",
                    label=table(name).label,
                    table=name,
                    rows=f"{len(frame):,}",
                    columns=frame.shape[1],
                )
            )
            for name, frame in self.tables.items()
        ]


def _named(columns: tuple[str, ...] | list[str]) -> Text:
    return join([same(column) for column in columns])
