"""What a sheet says where something is not known."""

from __future__ import annotations

from kamlab.foundation.language import Text, say
from kamlab.report import page


def not_known(reason: Text | None) -> page.Html:
    """Return the reason why something is not on the sheet."""
    return page.paragraph(say("report.sheet_not_known", reason=reason or ""))
