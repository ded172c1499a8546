"""Data that come with kamlab: a simulated company, and published data with their sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.simulate import simulate_company
from kamlab.foundation.claims import Claim
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, same, say

SAMPLE_SEED = 1994


@dataclass(frozen=True, eq=False)
class Moments:
    """Published correlations and standard deviations.

    Attributes
    ----------
    correlations : DataFrame, shape (p, p)
    std_devs : Series, shape (p,)
    nobs : int
        Cases behind them.
    meanings : mapping of str to Claim
        What each variable is, as a `Text`, with how well that is known.
    source : Claim
    """

    correlations: pd.DataFrame
    std_devs: pd.Series
    nobs: int
    meanings: Mapping[str, Claim]
    source: Claim

    @property
    def covariances(self) -> pd.DataFrame:
        """The covariance matrix, correlations times both standard deviations."""
        return self.correlations.mul(self.std_devs, axis=0).mul(self.std_devs, axis=1)


@cache
def sample_company() -> Company:
    """Return the company that the notebooks use: simulated, with 240 customers.

    Returns
    -------
    Company
        The same at every call and on every machine; `company.truth` has the rules behind it.

    Examples
    --------
    >>> len(sample_company().accounts)
    240
    """
    return simulate_company(seed=SAMPLE_SEED)


def load(name: str) -> pd.DataFrame | Moments:
    """Return published data that come with kamlab.

    Parameters
    ----------
    name : {"bagozzi1980", "cdnow"}

    Returns
    -------
    Moments
        For `bagozzi1980`: correlations of an industrial sales force.
    DataFrame
        For `cdnow`: an account table of customers without contract. `attrs["source"]` is the
        `Claim` that says where it is from.

    Raises
    ------
    ArgumentError
        If there is no such data set.

    Examples
    --------
    >>> load("bagozzi1980").nobs
    122
    """
    folder = data_folder().joinpath("published")
    known = sorted(f.name.removesuffix(".csv") for f in folder.iterdir() if f.name.endswith(".csv"))
    if name not in known:
        names = join([same(each) for each in known])
        raise ArgumentError(say("accounts.unknown_data", name=name, known=names))
    card = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    source = Claim.from_toml(card, Text.from_toml(card["title"]))
    with folder.joinpath(f"{name}.csv").open(encoding="utf-8") as file:
        if card["kind"] == "moments":
            return _moments(pd.read_csv(file, index_col=0), card, source)
        accounts = pd.read_csv(file, dtype={"account_id": str})
    accounts.attrs["source"] = source
    return accounts


def example_file(name: str) -> Path:
    """Return the path of an example that comes with kamlab: an export as people have them.

    Parameters
    ----------
    name : str
        Such as `messy_export_ja.xlsx`; the error of an unknown name lists them.

    Returns
    -------
    Path
        Of a file to read, not to write to. The data in it are simulated.

    Raises
    ------
    ArgumentError
        If there is no such example.

    Examples
    --------
    >>> example_file("messy_export_ja.xlsx").suffix
    '.xlsx'
    """
    folder = Path(str(data_folder().joinpath("examples"))).resolve()
    known = sorted(each.name for each in folder.iterdir())
    if name not in known:
        names = join([same(each) for each in known])
        raise ArgumentError(say("accounts.unknown_data", name=name, known=names))
    return folder / name


def data_folder() -> Traversable:
    """Return the folder `data`: inside an installed package, beside it in a checkout."""
    installed = files("kamlab").joinpath("data")
    return installed if installed.is_dir() else files("kamlab").joinpath("..", "data")


def _moments(lower: pd.DataFrame, card: Mapping[str, Any], source: Claim) -> Moments:
    values = lower.to_numpy(dtype=float)
    full = np.where(np.isnan(values), values.T, values)
    status = card["meanings"]["status"]
    return Moments(
        correlations=pd.DataFrame(full, index=list(lower.columns), columns=list(lower.columns)),
        std_devs=pd.Series(card["std_devs"]),
        nobs=card["nobs"],
        meanings={
            name: Claim(Text.from_toml(card["meanings"][name]), status) for name in lower.columns
        },
        source=source,
    )
