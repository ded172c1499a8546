"""Relationship quality, and how far its scores can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.results import named_terms
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import Row, only_row
from kamlab.report.section import Section, made, notes, reason_and_cautions

COLUMNS = ["term", "n_items", "mean", "std_dev", "alpha", "conf_low", "conf_high", "omega", "icc2"]


def quality_section(analyses: Analyses, mark: Text | None) -> Section:
    """Show mean scores and reliability."""
    quality = analyses.quality.result
    if quality is None:
        return made("quality", None, reason_and_cautions(analyses.quality))
    lead = measured_so_well(only_row(quality.glance()), quality.tidy(), quality.term_labels)
    return made("quality", lead, _blocks(analyses, mark))


def measured_so_well(whole: Row, table: pd.DataFrame, labels: Mapping[str, Text]) -> Text:
    """Say which scores were measured, how high they are, and how reliable."""
    scores = [
        say(
            "report.score",
            construct=labels.get(row["term"], same(row["term"])),
            mean=f"{row['mean']:.1f}",
            alpha=f"{row['alpha']:.2f}",
        )
        for row in table.to_dict("records")
    ]
    counts = {"answers": f"{whole['nobs']:,}", "accounts": f"{whole['n_accounts']:,}"}
    return say("report.measured", scores=join(scores), **counts)


def true_share(table: pd.DataFrame, labels: Mapping[str, Text]) -> Text:
    """Say how much of the differences between accounts' scores is real."""
    shares = [
        say("report.share_true", construct=labels[row["term"]], share=f"{row['reliability']:.0%}")
        for row in table.to_dict("records")
    ]
    return say("report.true_share", shares=join(shares))


def _blocks(analyses: Analyses, mark: Text | None) -> Iterator[page.Html]:
    quality = analyses.quality.need()
    yield from reason_and_cautions(analyses.quality)
    table = named_terms(quality.tidy(), quality.term_labels)
    yield page.table(
        table[[name for name in COLUMNS if table[name].notna().any()]],
        caption=say("report.quality_caption"),
    )
    yield page.figure(quality.plot(), mark=mark)
    yield page.subheading(say("report.score_error"))
    yield from reason_and_cautions(analyses.error)
    if (error := analyses.error.result) is not None:
        yield page.paragraph(true_share(error.tidy(), error.term_labels))
    yield notes(analyses.quality, analyses.error)
