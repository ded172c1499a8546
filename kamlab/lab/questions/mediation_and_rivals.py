"""The questions of notebook 06."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.accounts.samples import Moments, load
from kamlab.foundation.language import say
from kamlab.sem.compare_nested import compare_nested
from kamlab.sem.fit import fit_sem
from kamlab.theory.assess import assess_theory
from kamlab.theory.assessment import TheoryAssessment
from kamlab.theory.kmv import ANTECEDENTS

SALES_FORCE = """
Sat =~ JS1 + JS2
Ach =~ AM1 + AM2
TSE =~ SE1 + SE2
PERF ~ TSE
Sat ~ PERF + Ach + VI
VI ~~ Ach + TSE
"""
"""Notebook 06's model of the salespeople of Bagozzi 1980."""

WITHOUT_PERFORMANCE = SALES_FORCE.replace("Sat ~ PERF", "Sat ~ 0*PERF")


def strongest_way_past(company: Company) -> str:
    """Return the antecedent with the strongest path to an outcome past trust and commitment."""
    paths = _assessed(company).rival_paths()
    past = paths[paths["cause"].isin(ANTECEDENTS)]
    strongest = past.assign(size=past["estimate"].abs()).nlargest(1, "size")
    return "".join(strongest["cause"])


def share_through_trust(company: Company) -> float:
    """Return which share of what opportunism does to cooperation runs through trust alone."""
    ways = _assessed(company).mediation()
    own = ways[(ways["cause"] == "opportunism") & (ways["outcome"] == "cooperation")]
    effect = own.set_index("through")["estimate"]
    return float(effect["trust"] / effect["all"])


def cost_of_no_performance(company: Company) -> float:
    """Return the chi-square difference if performance does not drive satisfaction.

    It is about published data: the company does not matter.
    """
    sales = load("bagozzi1980")
    assert isinstance(sales, Moments)
    fits = {
        name: fit_sem(text, cov=sales.covariances, nobs=sales.nobs, likelihood="wishart")
        for name, text in {"with": SALES_FORCE, "without": WITHOUT_PERFORMANCE}.items()
    }
    return float(compare_nested(fits).glance()["chisq_diff"].item())


def _assessed(company: Company) -> TheoryAssessment:
    return assess_theory(company.need("survey", purpose=say("theory.purpose")))


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "06-strongest-way-past": strongest_way_past,
    "06-share-through-trust": share_through_trust,
    "06-without-performance": cost_of_no_performance,
}
