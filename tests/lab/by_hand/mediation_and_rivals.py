"""Answers of notebook 06 by least squares, and by two models of published data."""

import numpy as np

import kamlab as kl
from tests.lab.by_hand.question import Question

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


def without_naming_performance(_):
    """Take performance out of the text, so that the two models are not nested."""
    sales = kl.load("bagozzi1980")
    text = "Sat =~ JS1 + JS2; Ach =~ AM1 + AM2; TSE =~ SE1 + SE2; VI ~~ Ach + TSE; PERF ~ TSE; "
    given = {"cov": sales.covariances, "nobs": sales.nobs, "likelihood": "wishart"}
    fits = [kl.fit_sem(text + more, **given) for more in ("Sat ~ PERF+Ach+VI", "Sat ~ Ach+VI")]
    free, without = (fit.glance()["chisq"].item() for fit in fits)
    return without - free


QUESTIONS = (
    Question(
        "06-strongest-way-past",
        past,
        hint="rival_paths()",
        wrong=("trust", "shared_values"),
        needs="survey",
    ),
    Question(
        "06-share-through-trust",
        share,
        hint="mediation()",
        wrong=(0.18,),
        digits=2,
        needs="survey",
    ),
    Question(
        "06-without-performance",
        performance,
        hint="0*PERF",
        wrong=(14.07, without_naming_performance),
        digits=1,
        of_company=False,
    ),
)
