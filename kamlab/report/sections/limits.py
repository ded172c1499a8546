"""What the report cannot say, whatever its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from kamlab.foundation.language import Text, say
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.section import Section, made

FEW_ACCOUNTS = 100
"""Below it, the limits speak of few accounts: our design."""

ALWAYS = ("association", "answers", "survivors", "model", "many")


def limits_section(analyses: Analyses) -> Section:
    """List what speaks for caution."""
    return made("limits", None, iter([page.bullets(_limits(analyses))]))


def _limits(analyses: Analyses) -> Iterator[Text]:
    if analyses.company.simulated:
        yield say("report.simulated")
    count = len(analyses.company.accounts)
    if count < FEW_ACCOUNTS:
        yield say("report.limit_few", count=count)
    for name in ALWAYS:
        yield say(f"report.limit_{name}")
    if analyses.quality.result is not None and analyses.error.result is None:
        yield say("report.limit_uncorrected")
