"""What a test needs to know of a notebook's question."""

from collections.abc import Callable
from dataclasses import dataclass

import kamlab as kl

Answer = str | float


@dataclass(frozen=True)
class Question:
    """A question, its answer without the code that answers it, and answers that are wrong.

    Attributes
    ----------
    id : str
    by_hand : callable
        From a company to the answer, worked out another way.
    hint : str
        What the hint must name, in both languages.
    wrong : tuple
        Near misses; a callable works one out from the company.
    digits : int, optional
        To so many decimals a rounded answer is right.
    needs : str
        The table without which there is no answer.
    of_company : bool
        Whether every company has an answer of its own.
    own_seed : int
        Of a company that has another answer.
    company : callable
        Gives the company that the checks are made with.
    """

    id: str
    by_hand: Callable[[kl.Company], Answer]
    hint: str
    wrong: tuple[Answer | Callable[[kl.Company], Answer], ...] = ()
    digits: int | None = None
    needs: str = ""
    of_company: bool = True
    own_seed: int = 3
    company: Callable[[], kl.Company] = kl.sample_company
