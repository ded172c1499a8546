"""Testing hypotheses on a company: `assess_hypotheses`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from os import PathLike

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, KamlabError
from kamlab.foundation.language import listed, paragraph, say
from kamlab.hypotheses.assessment import HypothesisAssessment
from kamlab.hypotheses.declaration.declaration import CORRECTIONS, Correction, Declaration
from kamlab.hypotheses.declaration.load import load_hypotheses
from kamlab.hypotheses.evidence import Check
from kamlab.hypotheses.examined import Examined
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.methods.registry import evidence
from kamlab.hypotheses.tables import Tables
from kamlab.panel.resample import checked_seed
from kamlab.selection.arguments import is_number


def assess_hypotheses(
    hypotheses: Sequence[Hypothesis] | Hypothesis | Declaration | PathLike[str] | str,
    company: Company,
    *,
    correction: Correction | None = None,
    conf_level: float | None = None,
    seed: int = 0,
) -> HypothesisAssessment:
    """Test hypotheses on a company, each once and all corrected for one another.

    Parameters
    ----------
    hypotheses : sequence of Hypothesis, Declaration, path or str
        Hypotheses, or a declaration; also the path of one, or the name of a library that comes
        with kamlab: ``"podcast"`` or ``"literature"``.
    company : Company
    correction : {"holm", "bh", "none"}, optional
        How p-values of one family are corrected: ``"holm"`` (the default) keeps the chance of
        any false finding of the family at the level (Holm 1979); ``"bh"`` the expected share of
        false ones among the findings (Benjamini & Hochberg 1995). A declaration has its own.
    conf_level : float, optional
        Of intervals and verdicts; 0.95 if left out. A declaration has its own.
    seed : int, default 0
        For redrawn accounts.

    Returns
    -------
    HypothesisAssessment
        `tidy()` one row per hypothesis, those that cannot be tested with the reason; `checks()`
        one row per assumption; `changes()` what was changed since the declaration.

    Raises
    ------
    ArgumentError
        If there are no hypotheses, two of one name, a company is missing, or a declaration's
        own correction or level is given again; all problems at once.

    Notes
    -----
    A hypothesis claims that its effect lies in a range. *Supported*: the whole interval lies
    in it. *Refuted*: the whole interval lies outside. *Undecided*: the interval holds both.
    The p-value is that of "the effect equals the end of the range that is nearest": 1 less the
    level of the widest interval that leaves this end out. After the correction, what has a
    corrected p-value of `1 - conf_level` or more is undecided.

    Where the effect lies at the very end of the range, so that the claim is just false, a single
    hypothesis is "supported" by chance in half of `1 - conf_level` of companies, and with
    ``"holm"`` any of a family of such in no more. Hypotheses that cannot be tested do not count
    in their family.

    Examples
    --------
    >>> wallet = kl.Hypothesis(
    ...     name="wallet",
    ...     statement="Customers who are more committed buy a larger share from us.",
    ...     method="correlation",
    ...     model="commitment ~ share_of_wallet",
    ...     table="accounts",
    ...     above=0,
    ... )
    >>> found = kl.assess_hypotheses([wallet], kl.sample_company())
    >>> found.tidy()["term"].tolist()
    ['wallet']
    """
    if isinstance(hypotheses, str | PathLike):
        hypotheses = load_hypotheses(hypotheses)
    _check_arguments(hypotheses, company, correction, conf_level)
    checked_seed(seed)
    declaration = hypotheses if isinstance(hypotheses, Declaration) else None
    if declaration is not None:
        correction, conf_level = declaration.correction, declaration.conf_level
    tables = Tables.of(company)
    return HypothesisAssessment(
        examined=tuple(_examined(one, tables, seed) for one in _all(hypotheses)),
        correction=correction or "holm",
        conf_level=0.95 if conf_level is None else conf_level,
        declaration=declaration,
        simulated=company.simulated,
    )


def _all(hypotheses: Sequence[Hypothesis] | Hypothesis | Declaration) -> tuple[Hypothesis, ...]:
    if isinstance(hypotheses, Hypothesis):
        return (hypotheses,)
    return hypotheses.hypotheses if isinstance(hypotheses, Declaration) else tuple(hypotheses)


def _examined(hypothesis: Hypothesis, tables: Tables, seed: int) -> Examined:
    try:
        found = evidence(hypothesis, tables, seed=seed)
    except KamlabError as error:
        return Examined(hypothesis, reason=error.text)
    alarms = [Check(say("hypotheses.check_alarm"), False, alarm) for alarm in found.alarms]
    return Examined(hypothesis, evidence=found, checks=(*found.checks(), *alarms))


def _check_arguments(
    hypotheses: object, company: object, correction: object, conf_level: object
) -> None:
    """Raise if something is missing or does not go together; all problems at once."""
    problems = []
    if isinstance(hypotheses, Declaration | Hypothesis):
        several = _all(hypotheses)
    elif isinstance(hypotheses, Sequence) and all(isinstance(h, Hypothesis) for h in hypotheses):
        several = tuple(hypotheses)
    else:
        several = ()
    if not several:
        problems.append(say("hypotheses.needs_hypotheses", got=type(hypotheses).__name__))
    names = Counter(one.name for one in several)
    if twice := [name for name, count in names.items() if count > 1]:
        problems.append(say("hypotheses.twice", names=listed(twice)))
    if not isinstance(company, Company):
        problems.append(say("hypotheses.needs_company", got=type(company).__name__))
    if isinstance(hypotheses, Declaration) and (correction, conf_level) != (None, None):
        problems.append(
            say(
                "hypotheses.declared_already",
                correction=hypotheses.correction,
                level=hypotheses.conf_level,
            )
        )
    if correction is not None and correction not in CORRECTIONS:
        problems.append(
            say("hypotheses.bad_correction", got=repr(correction), known=listed(CORRECTIONS))
        )
    if conf_level is not None and not (is_number(conf_level) and 0 < conf_level < 1):
        problems.append(say("foundation.bad_level", level=conf_level))
    if problems:
        raise ArgumentError(paragraph(problems))
