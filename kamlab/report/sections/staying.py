"""Who may leave, and whether such forecasts came true before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.columns import with_labels
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.results import named_terms
from kamlab.panel.labels import term_labels
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import (
    Row,
    account_names,
    chance,
    chances_of,
    percent,
    points,
    rows_by_term,
    semicolons,
    with_range,
)
from kamlab.report.section import Section, made, notes, reason_and_cautions
from kamlab.retention.renewal.result import RenewalRegression

FEW_LEAVERS = 20
"""Below it, a caution stands before the probabilities: our design."""

EFFECTS = ["term", "ame", "ame_low", "ame_high", "p_value"]


def staying_section(analyses: Analyses, mark: Text | None) -> Section:
    """Show probabilities of staying, how they did on later periods, and what they rest on."""
    stay = analyses.stay.result
    if stay is None:
        return made("staying", None, _blocks(analyses, mark))
    of = analyses.population.result
    unrecorded = 0 if of is None else of.unrecorded
    lead = [expected_leavers(stay.augment()["stay_probability"], unrecorded)]
    if (check := analyses.validation.result) is None:
        lead.append(say("report.helps_unchecked"))
    else:
        lead.append(say(f"report.helps_{how_helpful(rows_by_term(check.tidy()))}"))
    return made("staying", paragraph(lead), _blocks(analyses, mark))


def leavers_of(stay: RenewalRegression) -> int:
    """Return how many cases of leaving a regression of staying rests on."""
    return int((stay.design.outcome == 0).sum())


def expected_leavers(probabilities: pd.Series, unrecorded: int = 0) -> Text:
    """Say how many present accounts would leave, taking every probability as it is.

    Parameters
    ----------
    probabilities : Series
    unrecorded : int, default 0
        Accounts without any renewal on record, of which nothing can be said.
    """
    if probabilities.empty:
        return say("report.nobody_present")
    said = say(
        "report.expected_leavers",
        count=f"{len(probabilities):,}",
        leavers=f"{(1 - probabilities).sum():.1f}",
        lowest=chance(probabilities.min()),
    )
    if not unrecorded:
        return said
    return paragraph([said, say("report.no_renewals", count=f"{unrecorded:,}")])


def came_true(measures: Mapping[str, Row]) -> Text:
    """Say how forecasts did on later periods: telling apart, and against the base rate.

    Parameters
    ----------
    measures : mapping of str to row
        Rows of `RetentionValidation.tidy()` by term.
    """
    auc, skill = measures["auc"], measures["brier_skill"]
    apart = [percent(auc[name]) for name in ("estimate", "conf_low", "conf_high")]
    better = [percent(skill[name]) for name in ("estimate", "conf_low", "conf_high")]
    kind = how_helpful(measures)
    return say(f"report.came_true_{kind}", apart=with_range(*apart), better=with_range(*better))


def how_helpful(measures: Mapping[str, Row]) -> str:
    """Return whether forecasts surely beat the base rate: "sure", "unsure" or "worse"."""
    skill = measures["brier_skill"]
    if skill["conf_low"] > 0:
        return "sure"
    return "worse" if skill["conf_high"] < 0 else "unsure"


def explained_with(terms: Sequence[str], leavers: int) -> Text:
    """Say what staying is explained with, and how many leavers that rests on."""
    labels = term_labels(terms)
    names = semicolons(labels[name] for name in terms)
    return say("report.explained_with", terms=names, leavers=leavers)


def goes_with_staying(row: Row, label: Text) -> Text:
    """Say by how many percentage points staying differs with one more unit of a term."""
    low, high = points(row["ame_low"]), points(row["ame_high"])
    way = "less" if row["ame"] < 0 else "more"
    words = {"change": f"{100 * abs(row['ame']):.1f}", "low": low, "high": high}
    return say(f"report.goes_with_staying_{way}", term=label, **words)


def least_likely(table: pd.DataFrame, company: Company) -> pd.DataFrame:
    """Return accounts with who looks after them, what they last bought for, and their chances.

    Parameters
    ----------
    table : DataFrame
        Rows of `RenewalRegression.augment()`.
    company : Company
    """
    shown = pd.DataFrame({"who": account_names(table), "period": table["period"].tolist()})
    if "manager" in company.accounts:
        managers = company.accounts.set_index("account_id")["manager"]
        shown["manager"] = table["account_id"].map(managers).to_numpy()
    shown["stay_range"] = chances_of(table)
    return with_labels(shown, term_labels(["manager"]))


def _check(analyses: Analyses, mark: Text | None) -> Iterator[page.Html]:
    yield page.subheading(say("report.check_heading"))
    if (check := analyses.validation.result) is None:
        yield page.caution(say("report.unchecked", reason=analyses.validation.reason))
    else:
        yield page.paragraph(came_true(rows_by_term(check.tidy())))
        yield page.figure(check.plot(), mark=mark)


def _blocks(analyses: Analyses, mark: Text | None) -> Iterator[page.Html]:
    yield from reason_and_cautions(analyses.stay)
    if (stay := analyses.stay.result) is None:
        return
    leavers, check = leavers_of(stay), analyses.validation.result
    helps = check is not None and how_helpful(rows_by_term(check.tidy())) == "sure"
    if not helps:
        yield from _check(analyses, mark)
        yield page.subheading(say("report.list_heading"))
    yield page.paragraph(explained_with(analyses.terms.need(), leavers))
    if leavers < FEW_LEAVERS:
        yield page.caution(say("report.few_leavers", leavers=leavers))
    yield page.table(
        least_likely(stay.augment().head(analyses.top), analyses.company),
        caption=say("report.leaving_caption"),
    )
    if helps:
        yield from _check(analyses, mark)
    yield page.subheading(say("report.effects_heading"))
    effects = named_terms(stay.slopes(), stay.term_labels)
    yield page.table(
        effects[[name for name in EFFECTS if name in effects]],
        caption=say("report.effects_caption"),
    )
    yield notes(analyses.stay, analyses.validation)
