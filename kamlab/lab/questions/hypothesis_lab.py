"""The questions of notebook 11."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.foundation.language import same
from kamlab.hypotheses.assess import assess_hypotheses
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.retention.renewal.fit import fit_retention

FALSE_CLAIMS = 5


def highest_end(company: Company) -> float:
    """Return the highest end that the effect of trust is still shown to be above."""
    terms = fit_retention("stayed ~ trust + tenure", company).tidy().set_index("term")
    return float(terms["conf_low"]["trust"])


def tenure_after_holm(company: Company) -> float:
    """Return the p-value of tenure, corrected for two other claims."""
    claims = [
        Hypothesis(name=name, statement=same(name), model=f"stayed ~ {name}", term=name, above=0)
        for name in ("trust", "tenure", "size")
    ]
    found = assess_hypotheses(claims, company).tidy().set_index("term")
    return float(found["p_corrected"]["tenure"])


def one_false_of_five(company: Company) -> float:
    """Return the chance that one or more of five false claims is supported or refuted."""
    return float(1 - 0.95**FALSE_CLAIMS)


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "11-highest-end": highest_end,
    "11-holm-by-hand": tenure_after_holm,
    "11-one-false-of-five": one_false_of_five,
}
