"""What an assessment says in words, from the rows of its table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from kamlab.foundation.columns import column
from kamlab.foundation.language import Text, join, same, say

if TYPE_CHECKING:
    from kamlab.hypotheses.assessment import HypothesisAssessment

SHIPPED_FAMILIES = (
    *("criteria", "foresight", "behaviour", "ties", "money", "quality", "conduct", "beyond"),
)
NUMBERS = ("estimate", "conf_low", "conf_high", "p_value", "p_corrected", "effect_size")


def sentence_of(row: Mapping[Hashable, Any]) -> Text:
    """Return what one row of `tidy()` says.

    Parameters
    ----------
    row : mapping
        Its words are in the language of the moment at which the table was made.
    """
    words = {name: row[name] for name in ("statement", "claim", "effect_is", "effect_size_is")}
    if row["verdict"] == "not_applicable":
        return say("hypotheses.sentence_not_applicable", reason=row["reason"], **words)
    numbers = {name: column(name).show(row[name]) for name in NUMBERS}
    counts = {name: f"{row[name]:,.0f}" for name in ("nobs", "n_accounts")}
    said = say(f"hypotheses.sentence_{row['verdict']}", **words, **numbers, **counts)
    if row["verdict"] != row["verdict_alone"]:
        said += say("hypotheses.sentence_corrected_away")
    if row["assumptions"]:
        said += say("hypotheses.sentence_assumptions", assumptions=row["assumptions"])
    return said


def sentences(found: HypothesisAssessment) -> list[Text]:
    """Return the verdicts counted, and what each row says."""
    whole = found.glance().iloc[0]
    counts = {name: int(whole[name]) for name in whole.index if str(name).startswith("n_")}
    return [
        say("hypotheses.report", **counts),
        *(sentence_of(row) for row in found.tidy().to_dict("records")),
    ]


def notes(found: HypothesisAssessment) -> tuple[Text, ...]:
    """Return how verdicts are reached and corrected, what was lost, when it was declared."""
    table = found.tidy()
    level = f"{found.conf_level:.0%}"
    tested = table[table["verdict"] != "not_applicable"]
    sizes = tested.groupby("family", sort=False).size()
    families = join(
        [say("hypotheses.family", name=family_words(str(n)), count=c) for n, c in sizes.items()]
    )
    said = [
        say("hypotheses.note_verdict", level=level, half=f"{(1 - found.conf_level) / 2:.1%}"),
        say(f"hypotheses.note_{found.correction}", families=families)
        if len(tested)
        else say("hypotheses.nothing_to_draw"),
    ]
    if left_out := len(table) - len(tested):
        said.append(say("hypotheses.note_untested", count=left_out))
    if lost := int((tested["n_left_out"] > 0).sum()):
        said.append(say("hypotheses.note_lost", count=lost))
    return (*said, _about_declaration(found))


def family_words(name: str) -> Text:
    """Return the family of a shipped hypothesis in words, any other name as it is."""
    return say(f"hypotheses.family_{name}") if name in SHIPPED_FAMILIES else same(name)


def _about_declaration(found: HypothesisAssessment) -> Text:
    declared = found.declaration
    if declared is None or declared.first_declared_on is None:
        return say("hypotheses.note_not_declared")
    hands = any(seal.dated_by == "hand" for seal in declared.seals)
    words = {"first": declared.first_declared_on, "count": len(declared.changes())}
    said = say("hypotheses.note_declared", **words)
    return said + say("hypotheses.note_by_hand") if hands else said
