"""Hypotheses with their verdicts, and whether they were declared before the data were seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kamlab.foundation.columns import column
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lettering import shortened, wrapped
from kamlab.foundation.style import WIDTH, font_families
from kamlab.hypotheses.assessment import HypothesisAssessment
from kamlab.panel.labels import term_labels
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import Row, only_row, semicolons, with_range
from kamlab.report.recognised import is_too_few, missing_columns
from kamlab.report.section import Section, made, notes, reason_and_cautions

UNTESTED = "not_applicable"
VERDICTS = ("supported", "refuted", "undecided")
"""In the order of a report: what is settled first."""

SHOWN = ["statement", "claim", "outcome_found", "p_corrected", "verdict"]
LABEL_EMS, LABEL_LINES, LABEL_SIZE = 28.0, 2, 8.0
"""Width, lines and size in points of a hypothesis's words beside a picture."""

RAGGED = 5.0
"""Widths of a character that lines may lose by breaking between words."""

NO_BREAK = "\u00a0"
ROW, REST = 0.38, 1.5
"""Inches of a picture for one hypothesis, and for axis and legend."""


def hypotheses_section(analyses: Analyses, mark: Text | None) -> Section:
    """Show every hypothesis with what the data say of it."""
    assessment = analyses.assessment.result
    if assessment is None:
        return made("hypotheses", None, reason_and_cautions(analyses.assessment))
    table = assessment.tidy()
    declared = declared_before(table.loc[table["verdict"] != UNTESTED, "declared"])
    lead = paragraph([verdicts(only_row(assessment.glance())), declared])
    return made("hypotheses", lead, _blocks(analyses, assessment, mark))


def verdicts(row: Row) -> Text:
    """Say how many hypotheses were supported, refuted, left open, or not tested."""
    kinds = ("hypotheses", "supported", "refuted", "undecided", "not_applicable")
    return say("report.verdicts", **{kind: row[f"n_{kind}"] for kind in kinds})


def declared_before(when: pd.Series) -> Text:
    """Say how many of the hypotheses tested were declared before their outcomes were known."""
    count = int((when == "before").sum())
    return say("report.declared_some", count=count) if count else say("report.declared_none")


def found(row: Row) -> Text:
    """Say what was estimated, with its interval; log odds as a ratio of odds.

    Parameters
    ----------
    row : mapping
        Of `HypothesisAssessment.tidy()`, with the label of the term in `about`.
    """
    numbers = [row[name] for name in ("estimate", "conf_low", "conf_high")]
    about = row.get("about")
    if about and row["effect_is"] == str(say("hypotheses.effect_retention", term=about)):
        ratios = with_range(*(f"{np.exp(number):.3g}" for number in numbers))
        return say("report.found_odds", term=about, number=ratios)
    shown = [column("estimate").show(number) for number in numbers]
    return say("report.found", effect=in_words(row["effect_is"]), number=with_range(*shown))


def in_words(effect: str) -> str:
    """Return an effect with logs of columns in words."""

    def words(log: re.Match[str]) -> str:
        return str(say("report.log_of", of=term_labels([log[1]])[log[1]]))

    return re.sub(r"log\((\w+)\)", words, effect)


def untested(table: pd.DataFrame) -> pd.DataFrame:
    """Return the hypotheses that cannot be tested, with plain reasons, alike ones together.

    Parameters
    ----------
    table : DataFrame
        From `HypothesisAssessment.tidy()`.
    """
    rows = table.loc[table["verdict"] == UNTESTED, ["statement", "reason"]]
    plain = [plain_reason(reason) for reason in rows["reason"]]
    order = sorted(range(len(plain)), key=lambda at: plain[at][0])
    return rows.assign(reason=[str(words) for _, words in plain]).iloc[order]


def plain_reason(reason: str) -> tuple[int, Text | str]:
    """Return the place of a reason's kind in the table, and the reason without names of code."""
    if absent := missing_columns(reason):
        labels = term_labels(absent)
        return 1, say("report.lacks_columns", columns=join([labels[name] for name in absent]))
    return (0, say("report.too_few_for_it")) if is_too_few(reason) else (2, reason)


def letters_of(checks: pd.DataFrame) -> dict[str, str]:
    """Return a letter for each assumption that the data contradict, the most frequent first.

    Parameters
    ----------
    checks : DataFrame
        From `HypothesisAssessment.checks()`.
    """
    counts = _failed(checks)["assumption"].value_counts()
    return dict(zip(counts.index, ascii_lowercase[: len(counts)], strict=True))


def as_tested(table: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """Return the hypotheses that could be tested as a report shows them.

    Parameters
    ----------
    table, checks : DataFrame
        From `HypothesisAssessment.tidy()` and `checks()`.
    """
    rows = table[table["verdict"] != UNTESTED]
    rows = rows.iloc[rows["verdict"].map(VERDICTS.index).argsort(kind="stable")]
    rows = rows.assign(claim=rows["claim"].str.replace(" ", NO_BREAK))
    shown = rows.assign(outcome_found=[str(found(row)) for row in rows.to_dict("records")])[SHOWN]
    if rows["declared"].ne("not_declared").any():
        shown["declared"] = rows["declared"]
    letters = letters_of(checks)
    if letters:
        failed = _failed(checks)
        by_name = failed["assumption"].map(letters).groupby(failed["term"]).agg(_sorted)
        shown["doubts"] = rows["term"].map(by_name).fillna("")
    return shown


def _failed(checks: pd.DataFrame) -> pd.DataFrame:
    return checks[checks["holds"].eq(False).fillna(False)]


def _sorted(letters: pd.Series) -> str:
    return " ".join(sorted(letters))


def _blocks(
    analyses: Analyses, assessment: HypothesisAssessment, mark: Text | None
) -> Iterator[page.Html]:
    yield from reason_and_cautions(analyses.assessment)
    table, checks = assessment.tidy(), assessment.checks()
    terms = [one.hypothesis.term for one in assessment.examined]
    labels = term_labels([term for term in terms if term is not None])
    table = table.assign(about=["" if term is None else str(labels[term]) for term in terms])
    shown = as_tested(table, checks)
    if len(shown):
        yield page.table(shown, caption=say("report.verdicts_caption"))
        if letters := letters_of(checks):
            yield page.paragraph(_legend(letters))
        yield page.paragraph(say("report.undecided_means"))
        yield page.figure(_picture(assessment, table), mark=mark)
    if len(plain := untested(table)):
        yield page.subheading(say("report.untested_heading"))
        yield page.table(plain, caption=say("report.untested_caption"))
    try:
        changes = assessment.changes()
    except NotApplicable:  # never declared, or not sealed: the notes say so
        changes = pd.DataFrame()
    if len(changes):
        yield page.table(changes, caption=say("report.changes_caption"))
    yield notes(analyses.assessment)
    yield page.note(_told_exactly(table), heading=say("report.for_analysts"))


def _told_exactly(table: pd.DataFrame) -> list[str]:
    """Return the reasons that were put plainly, as the tests told them."""
    rows = table[table["verdict"] == UNTESTED].to_dict("records")
    return [
        f"{row['statement']} {row['reason']}" for row in rows if plain_reason(row["reason"])[0] < 2
    ]


def _legend(letters: dict[str, str]) -> Text:
    words = [
        say("report.doubt", letter=letter, assumption=assumption)
        for assumption, letter in letters.items()
    ]
    return say("report.doubted", assumptions=semicolons(words))


def _picture(assessment: HypothesisAssessment, table: pd.DataFrame) -> Axes:
    """Return the picture with hypotheses in words instead of their names."""
    ax = assessment.plot()
    words = dict(zip(table["term"], table["statement"], strict=True))
    labels = [
        wrapped(shortened(words[tick.get_text()], LABEL_EMS * LABEL_LINES - RAGGED), LABEL_EMS)
        for tick in ax.get_yticklabels()
    ]
    ax.set_yticks(ax.get_yticks(), labels, fontsize=LABEL_SIZE, fontfamily=font_families())
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.set_size_inches(WIDTH, REST + ROW * len(labels))
    return ax
