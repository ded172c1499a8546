"""A number or statement from somewhere, with where it is from and how well that is known."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kamlab.foundation.errors import RecalledClaimWarning
from kamlab.foundation.language import Text, same, say


class Status(StrEnum):
    """How well a statement is known."""

    PUBLISHED = "published"
    SECONDARY = "secondary"
    RECALLED = "recalled"
    COMPUTED = "computed"
    DESIGN = "design"

    @property
    def label(self) -> Text:
        """The status in words."""
        return say(f"foundation.status_{self.value}")


@dataclass(frozen=True, slots=True)
class Claim:
    """A value with its source, page and status.

    Parameters
    ----------
    value : object
        The number or statement.
    status : Status or str
        `published` (read in the original), `secondary` (read in the source named), `recalled`
        (remembered, unchecked), `computed` (arithmetic that anyone can redo), `design` (ours).
    source : str or Text
        The work, file or reasoning it comes from.
    unit, page : str, optional

    Raises
    ------
    ValueError
        If the status is unknown, or if a published or secondary claim names no source.

    Examples
    --------
    >>> Claim(43, "computed", "78 moments less 35 parameters").use()
    43
    """

    value: Any
    status: Status
    source: str | Text = ""
    unit: str = ""
    page: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "status", Status(self.status))
        if self.status in (Status.PUBLISHED, Status.SECONDARY) and not str(self.source).strip():
            raise ValueError(f"a {self.status} claim needs its source: {self.value!r}")

    def __deepcopy__(self, memo: object) -> Claim:
        """Return itself: nobody can change it, and pandas copies `attrs` at every step."""
        return self

    @classmethod
    def from_toml(cls, entry: Mapping[str, Any], value: object) -> Claim:
        """Read the `status`, `source`, `unit` and `page` of an entry of a model file."""
        fields = {key: entry[key] for key in ("source", "unit", "page") if key in entry}
        return cls(value=value, status=entry["status"], **fields)

    def use(self) -> Any:
        """Return the value; a recalled one warns, for nobody has checked it."""
        if self.status is Status.RECALLED:
            message = say("foundation.recalled", value=self.value)
            warnings.warn(str(message), RecalledClaimWarning, stacklevel=2)
        return self.value

    @property
    def citation(self) -> Text:
        """Status, source and page in one phrase."""
        parts = [part for part in (self.source, self.page) if str(part)]
        texts = [part if isinstance(part, Text) else same(part) for part in parts]
        listed = Text(", ".join(t.en for t in texts), ", ".join(t.ja for t in texts))
        return self.status.label + (Text(": ", "：") + listed if texts else same(""))
