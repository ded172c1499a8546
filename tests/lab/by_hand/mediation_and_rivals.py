import numpy as np
import pytest

import kamlab as kl
from kamlab.lab.questions.mediation_and_rivals import QUESTIONS

PAST, SHARE, PERFORMANCE = (
    "06-strongest-way-past",
    "06-share-through-trust",
    "06-without-performance",
)
CONSTRUCTS = [construct.name for construct in kl.constructs()]
ANTECEDENTS, MEDIATORS = CONSTRUCTS[:5], ["trust", "commitment"]
OUTCOMES = [
    "acquiescence",
    "propensity_to_leave",
    "cooperation",
    "functional_conflict",
    "uncertainty",
]


def scores(company):
    table = kl.measure_quality(company.survey, CONSTRUCTS).latest()[CONSTRUCTS[:-1]].dropna()
    return (table - table.mean()) / table.std()


def slopes(table, outcome, causes):
    found, *_ = np.linalg.lstsq(table[causes].to_numpy(), table[outcome].to_numpy())
    return dict(zip(causes, found, strict=True))


def past(company):
    """Regress each outcome on all seven by least squares."""
    table = scores(company)
    sizes = {}
    for outcome in OUTCOMES:
        own = slopes(table, outcome, ANTECEDENTS + MEDIATORS)
        sizes |= {(cause, outcome): abs(own[cause]) for cause in ANTECEDENTS}
    return max(sizes, key=sizes.get)[0]


def share(company):
    """Multiply least-squares slopes along both ways from opportunism to cooperation."""
    table = scores(company)
    trust = slopes(table, "trust", ["shared_values", "communication", "opportunism"])
    causes = ["termination_costs", "relationship_benefits", "shared_values", "trust"]
    commitment = slopes(table, "commitment", causes)
    cooperation = slopes(table, "cooperation", MEDIATORS)
    by_trust = trust["opportunism"] * cooperation["trust"]
    by_both = trust["opportunism"] * commitment["trust"] * cooperation["commitment"]
    return by_trust / (by_trust + by_both)


def performance(company):
    """Compare chi-squares of Bagozzi's salespeople without `compare_nested`."""
    sales = kl.load("bagozzi1980")
    text = """
        Sat =~ JS1 + JS2; Ach =~ AM1 + AM2; TSE =~ SE1 + SE2
        PERF ~ TSE; Ach ~~ VI; TSE ~~ VI; Sat ~ {}*PERF + Ach + VI
    """
    free, none = (
        kl.fit_sem(
            text.format(path), cov=sales.covariances, nobs=sales.nobs, likelihood="wishart"
        ).glance()["chisq"]
        for path in ("b", "0")
    )
    return (none - free).item()


