"""What a test of commitment-trust theory says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.sem.alarms import alarms
from kamlab.theory.kmv import CITATION, NAMES, SIGNS

if TYPE_CHECKING:
    from kamlab.theory.assessment import TheoryAssessment


def notes(found: TheoryAssessment) -> tuple[Text, ...]:
    """Return where theory and data come from, and how the verdict is reached."""
    level = f"{found.conf_level:.0%}"
    return (
        say("theory.note_source", work=CITATION.value, signs=SIGNS.citation),
        say(
            "theory.note_data",
            source=found.evidence.source,
            nobs=found.nobs,
            out=found.evidence.n_left_out(NAMES),
        ),
        say(f"theory.note_{found.evidence.level}"),
        _about_errors(found),
        say("theory.note_verdict", level=level),
        *alarms(found.fit),
    )


def _about_errors(found: TheoryAssessment) -> Text:
    if found.bootstrap:
        return say("theory.note_bootstrap", draws=found.bootstrap)
    return say("theory.note_errors")


def report(found: TheoryAssessment) -> Text:
    """Return which hypotheses hold, what runs through commitment, and how the rival does."""
    table = found.tidy()
    supported = int((table["verdict"] == "supported").sum())
    said = [say("theory.report", count=len(table), supported=supported)]
    for name in ("undecided", "refuted"):
        paths = [found.term_labels[term] for term in table.loc[table["verdict"] == name, "term"]]
        if paths:
            said.append(say(f"theory.report_{name}", paths=join(paths)))
    effects = found.effects().query("cause == 'trust' and outcome == 'cooperation'").iloc[0]
    said.append(
        say(
            "theory.report_mediation",
            direct=f"{effects['direct']:z.2f}",
            indirect=f"{effects['indirect']:z.2f}",
        )
    )
    return paragraph((*said, _about_rival(found), *found.notes))


def _about_rival(found: TheoryAssessment) -> Text:
    own, other = found.rival().to_dict("records")
    better = own["p_diff"] < 1 - found.conf_level
    return say(
        f"theory.report_rival_{'better' if better else 'no_better'}",
        chisq=f"{own['chisq_diff']:z.1f}",
        df=f"{own['df_diff']:.0f}",
        p=f"{own['p_diff']:.3f}",
        own=f"{own['pnfi']:.2f}",
        other=f"{other['pnfi']:.2f}",
    )
