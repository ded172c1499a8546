"""Hypotheses with their verdicts, and whether they were declared before the data were seen."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase

import pandas as pd
from matplotlib.axes import Axes

from kamlab.foundation.columns import column
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lettering import shortened, wrapped
from kamlab.foundation.style import WIDTH, font_families
from kamlab.hypotheses.assessment import HypothesisAssessment
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import Row, only_row, semicolons, with_range
from kamlab.report.section import Section, made, notes, reason_and_cautions

UNTESTED = "not_applicable"
SHOWN = ["statement", "claim", "outcome_found", "p_corrected", "verdict"]
LABEL_EMS, LABEL_LINES, LABEL_SIZE = 28.0, 2, 7.0
"""Width, lines and size in points of a hypothesis's words beside a picture."""

RAGGED = 5.0
"""Widths of a character that lines may lose by breaking between words."""

NO_BREAK = "\u00a0"
ROW, REST = 0.28, 1.5
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
    """Say what was estimated, with its interval."""
    shown = [column(name).show(row[name]) for name in ("estimate", "conf_low", "conf_high")]
    return say("report.found", effect=row["effect_is"], number=with_range(*shown))


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
    shown = as_tested(table, checks)
    if len(shown):
        yield page.table(shown, caption=say("report.verdicts_caption"))
        if letters := letters_of(checks):
            yield page.paragraph(_legend(letters))
        yield page.paragraph(say("report.undecided_means"))
        yield page.figure(_picture(assessment, table), mark=mark)
    untested = table.loc[table["verdict"] == UNTESTED, ["statement", "reason"]]
    if len(untested):
        yield page.subheading(say("report.untested_heading"))
        yield page.table(untested, caption=say("report.untested_caption"))
    try:
        changes = assessment.changes()
    except NotApplicable:  # never declared, or not sealed: the notes say so
        changes = pd.DataFrame()
    if len(changes):
        yield page.table(changes, caption=say("report.changes_caption"))
    yield notes(analyses.assessment)


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
