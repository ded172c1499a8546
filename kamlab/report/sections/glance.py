"""The leads of all sections, for those who read no further, and of how many accounts they tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from kamlab.foundation.language import listed, say
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import only_row
from kamlab.report.section import Section, made

WITHOUT_LEAD = ("limits", "provenance")
"""Sections that never have one."""


def glance_section(analyses: Analyses, sections: Sequence[Section]) -> Section:
    """List what each section says first, of how many accounts, and which have no answer yet."""
    blocks = [page.bullets(each.lead for each in sections if each.lead)]
    if counts := list(_counts(analyses)):
        blocks.append(page.table(counted(counts), caption=say("report.counts_caption")))
    silent = [each.heading for each in sections if not each.lead and each.name not in WITHOUT_LEAD]
    if silent:
        blocks.append(page.caution(say("report.silent", sections=listed(silent))))
    return made("glance", None, iter(blocks))


def counted(counts: Sequence[tuple[str, int]]) -> pd.DataFrame:
    """Return which number is about how many accounts, and which those are.

    Parameters
    ----------
    counts : sequence of (kind, accounts)
        Kinds: "placed", "revenue", "staying", "valued".
    """
    return pd.DataFrame(
        {
            "number_of": [str(say(f"report.counts_{kind}")) for kind, _ in counts],
            "n_accounts": [count for _, count in counts],
            "which_accounts": [str(say(f"report.which_{kind}")) for kind, _ in counts],
        }
    )


def _counts(analyses: Analyses) -> Iterator[tuple[str, int]]:
    if (board := analyses.portfolio.result) is not None:
        yield "placed", int(board.tidy()["n_accounts"].sum())
    if (spread := analyses.concentration.result) is not None:
        yield "revenue", only_row(spread.glance())["n_accounts"]
    if (stay := analyses.stay.result) is not None:
        yield "staying", len(stay.augment())
    if (gain := analyses.gain.result) is not None:
        yield "valued", len(gain.accounts)
