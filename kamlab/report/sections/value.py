"""What one more point of relationship quality is worth, if the association is causal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.panel.labels import term_labels
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import Row, money_range, only_row, percent, rows_by_term, with_range
from kamlab.report.section import Section, made, notes, reason_and_cautions
from kamlab.report.sections.staying import FEW_LEAVERS, goes_with_staying, leavers_of


def value_section(analyses: Analyses, mark: Text | None) -> Section:
    """Show what the raise is worth in all and where."""
    gain, stay = analyses.gain.result, analyses.stay.result
    if gain is None or stay is None:
        return made("value", None, reason_and_cautions(analyses.gain))
    total = rows_by_term(gain.tidy())["total"]
    lead = worth_in_all(
        raised_words(analyses.raise_by), total, len(gain.accounts), leavers_of(stay), gain.currency
    )
    return made("value", lead, _blocks(analyses, mark))


def raised_words(raise_by: Mapping[str, float]) -> Text:
    """Return what is raised and by how much, in words."""
    labels = term_labels(raise_by)
    return join(
        [say("report.raised", score=labels[name], by=f"{by:+g}") for name, by in raise_by.items()]
    )


def worth_in_all(raised: Text, row: Row, count: int, leavers: int, currency: str) -> Text:
    """Say what a raise at every account is worth, with its interval and what it rests on.

    Parameters
    ----------
    raised : Text
        What is raised, and by how much.
    row : mapping
        The total: `estimate`, `conf_low`, `conf_high`.
    count, leavers : int
        Accounts valued, and cases of leaving that staying rests on.
    currency : str
    """
    amount = money_range(row, "estimate", "conf_low", "conf_high", currency)
    sentence = say("report.worth_in_all", raised=raised, count=f"{count:,}", amount=amount)
    if row["conf_low"] <= 0 <= row["conf_high"]:
        return paragraph([sentence, say("report.worth_unsure")])
    if leavers < FEW_LEAVERS:
        return paragraph([sentence, say("report.worth_few", leavers=leavers)])
    return sentence


def goes_with_value(row: Row, label: Text) -> Text:
    """Say by how much lifetime value differs with one more unit of a term."""
    change = [f"{row[name]:+.0%}" for name in ("change", "change_low", "change_high")]
    return say("report.goes_with_value", term=label, change=with_range(*change))


def ranking_doubt(row: Row) -> Text:
    """Say how far the first places of the ranking can be relied upon."""
    return say("report.ranking_doubt", top=row["top"], kept=percent(row["top_kept"]))


def _blocks(analyses: Analyses, mark: Text | None) -> Iterator[page.Html]:
    gain, stay, worth = analyses.gain.need(), analyses.stay.need(), analyses.worth.need()
    yield page.caution(say("report.if_causal"))
    for outcome in (analyses.worth, analyses.gain):
        yield from reason_and_cautions(outcome)
    staying, value = rows_by_term(stay.tidy()), rows_by_term(worth.tidy())
    for name in analyses.raise_by:
        label = stay.term_labels[name]
        yield page.paragraph(goes_with_staying(staying[name], label))
        yield page.paragraph(goes_with_value(value[name], label))
    yield page.figure(gain.plot(), mark=mark)
    yield page.paragraph(ranking_doubt(only_row(gain.glance())))
    yield page.figure(gain.plot_ranking(), mark=mark)
    yield notes(analyses.gain, analyses.worth)
