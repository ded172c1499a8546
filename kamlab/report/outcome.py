"""A result, or the reason why there is none, with what was warned of on the way."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from kamlab.foundation.errors import (
    KamlabError,
    KamlabWarning,
    NotApplicable,
    RecalledClaimWarning,
    RowsLeftOutWarning,
)
from kamlab.foundation.language import Text
from kamlab.report.recognised import is_harmless

Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Outcome(Generic[Found]):
    """What became of an analysis.

    Attributes
    ----------
    result : object or None
    reason : Text or None
        Why there is no result, and what would be needed.
    cautions, remarks : tuple of str
        What kamlab warned of, each once, in the language of the moment: what somebody should
        look at, and rows left out or claims remembered.
    """

    result: Found | None
    reason: Text | None
    cautions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def need(self) -> Found:
        """Return the result.

        Raises
        ------
        NotApplicable
            With the reason, if there is none.
        """
        if self.result is None:
            assert self.reason is not None
            raise NotApplicable(self.reason)
        return self.result


def attempt(analysis: Callable[[], Found]) -> Outcome[Found]:
    """Run an analysis; an error of kamlab's own becomes the reason, its warnings are kept.

    Warnings of other libraries go on to whoever listens outside.

    Examples
    --------
    >>> attempt(lambda: 3).result
    3
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", KamlabWarning)
        try:
            result, reason = analysis(), None
        except KamlabError as error:
            result, reason = None, error.text
    said = {str(each.message): each for each in caught if _is_ours(each)}
    for each in caught:
        if not _is_ours(each):
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    return Outcome(
        result,
        reason,
        cautions=tuple(words for words, each in said.items() if not _is_remark(each)),
        remarks=tuple(words for words, each in said.items() if _is_remark(each)),
    )


def _is_ours(warning: warnings.WarningMessage) -> bool:
    return issubclass(warning.category, KamlabWarning)


def _is_remark(warning: warnings.WarningMessage) -> bool:
    small = issubclass(warning.category, RowsLeftOutWarning | RecalledClaimWarning)
    return small or is_harmless(str(warning.message))
