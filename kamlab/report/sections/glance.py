"""The leads of all sections, for those who read no further."""

from __future__ import annotations

from collections.abc import Sequence

from kamlab.foundation.language import listed, say
from kamlab.report import page
from kamlab.report.section import Section, made

WITHOUT_LEAD = ("limits", "provenance")
"""Sections that never have one."""


def glance_section(sections: Sequence[Section]) -> Section:
    """List what each section says first, and which have no answer yet."""
    blocks = [page.bullets(each.lead for each in sections if each.lead)]
    silent = [each.heading for each in sections if not each.lead and each.name not in WITHOUT_LEAD]
    if silent:
        blocks.append(page.caution(say("report.silent", sections=listed(silent))))
    return made("glance", None, iter(blocks))
