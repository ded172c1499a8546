"""What fitting and forecasting ask of a model of purchases."""

from __future__ import annotations

from typing import ClassVar, Protocol

from kamlab.value.purchases.histories import Floats, Histories
from kamlab.value.purchases.terms import Fates


class Process(Protocol):
    """A model of how accounts buy and leave; log-parameters have shape (4, 1) or (4, n).

    Attributes
    ----------
    names : tuple of str
        The four parameters: shape and rate of buying, then two of leaving.
    dropout_place, dropout_sign : int
        Which parameter covariates of leaving multiply by `exp(sign g'z)`, so that a positive
        `g` means leaving sooner.
    """

    names: ClassVar[tuple[str, str, str, str]]
    dropout_place: ClassVar[int]
    dropout_sign: ClassVar[int]

    def starts(self, rate: float, time: float) -> tuple[Floats, ...]:
        """Return log-parameters to start from, given purchases and time of the mean account."""

    def fates(self, logs: Floats, histories: Histories) -> Fates:
        """Return the likelihood of each history, split by what has become of the account."""

    def ahead(
        self, logs: Floats, histories: Histories, times: Floats, weights: Floats
    ) -> tuple[Floats, Floats]:
        """Return expected purchases of accounts that are customers still.

        Parameters
        ----------
        logs : ndarray, shape (4, 1) or (4, n)
        histories : Histories
        times, weights : ndarray, shape (k,)
            Time ahead, and what the expectation up to each counts in the sum.

        Returns
        -------
        tuple of ndarray, shapes (n,) and (4, n)
            The weighted sum, and its slopes in the log-parameters.
        """

    def shares(self, logs: Floats, T: Floats, most: int) -> Floats:
        """Return the probability of 0, 1, ... `most` repeat purchases by `T`, shape (most+1, n)."""
