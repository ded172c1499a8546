"""What one more point of relationship quality is worth, if the association is causal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kamlab.foundation.language import Text, paragraph, say
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import (
    Row,
    money_range,
    only_row,
    percent,
    raised_words,
    rows_by_term,
)
from kamlab.report.section import Section, made, notes, reason_and_cautions
from kamlab.report.sections.staying import FEW_LEAVERS, goes_with_staying, leavers_of
from kamlab.value.regression.log_linear import HeavyRow


def value_section(analyses: Analyses, mark: Text | None) -> Section:
    """Show what the raise is worth in all and where."""
    gain, stay = analyses.gain.result, analyses.stay.result
    if gain is None or stay is None:
        return made("value", None, reason_and_cautions(analyses.gain))
    total = rows_by_term(gain.tidy())["total"]
    raised, count = raised_words(analyses.raise_by), len(gain.accounts)
    lead = [worth_in_all(raised, total, count, leavers_of(stay), gain.currency)]
    lead += left_out_of_worth(gain.n_left_out)
    lead += rests_on(analyses.heavy_row)
    lead += parts_in_doubt(parts_with_zero(analyses), total)
    return made("value", paragraph(lead), _blocks(analyses, mark))


def left_out_of_worth(count: int) -> list[Text]:
    """Say how many accounts with an open renewal could not be valued; nothing if none."""
    return [say("report.worth_left_out", count=count)] if count else []


def rests_on(row: HeavyRow | None) -> list[Text]:
    """Say on which single row every amount rests; nothing if there is no such row."""
    if row is None:
        return []
    words = {"share": percent(row.share), "account": row.account, "period": row.period}
    return [say("report.rests_on_row", **words)]


def parts_with_zero(analyses: Analyses) -> list[bool]:
    """Return for each part of the gain, staying and margin by score, whether it may be 0."""
    staying = rows_by_term(analyses.stay.need().slopes())
    value = rows_by_term(analyses.worth.need().tidy())
    limits = [
        limits
        for name in analyses.raise_by
        for limits in (
            (staying[name]["ame_low"], staying[name]["ame_high"]),
            (value[name]["change_low"], value[name]["change_high"]),
        )
    ]
    return [low <= 0 <= high for low, high in limits]


def parts_in_doubt(may_be_0: Sequence[bool], total: Row) -> list[Text]:
    """Say that each part of a gain may be 0 although their sum seems not to be; else nothing."""
    return [say("report.parts_unsure")] if all(may_be_0) and total["conf_low"] > 0 else []


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
    low, high = (f"{row[name]:+.0%}" for name in ("change_low", "change_high"))
    way = "less" if row["change"] < 0 else "more"
    words = {"change": percent(abs(row["change"])), "low": low, "high": high}
    return say(f"report.goes_with_value_{way}", term=label, **words)


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
