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


BY_HAND = {PAST: past, SHARE: share, PERFORMANCE: performance}


@pytest.fixture(scope="module")
def own():
    return kl.simulate_company(n_accounts=120, seed=3)


def test_every_question_is_answered_by_hand_here():
    assert BY_HAND.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_answer_worked_out_by_hand_is_right(question, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, BY_HAND[question](kl.sample_company()))
    assert feedback.right
    assert str(feedback).startswith("✔")


@pytest.mark.parametrize("question", [PAST, SHARE])
def test_a_company_of_ones_own_has_its_own_answer(question, own):
    answer = BY_HAND[question](own)
    assert kl.check_answer(question, answer, own).right
    assert not kl.check_answer(question, BY_HAND[question](kl.sample_company()), own).right


def test_published_data_have_one_answer_for_every_company(own):
    bare = kl.Company(accounts=own.accounts)
    assert kl.check_answer(PERFORMANCE, performance(own), bare).right


@pytest.mark.parametrize(
    ("question", "wrong"),
    [(PAST, "trust"), (PAST, "shared_values"), (SHARE, 0.18), (PERFORMANCE, 14.07)],
)
def test_near_misses_are_wrong(question, wrong):
    assert not kl.check_answer(question, wrong).right


def test_taking_performance_out_of_the_text_is_not_the_answer():
    sales = kl.load("bagozzi1980")
    text = "Sat =~ JS1 + JS2; Ach =~ AM1 + AM2; TSE =~ SE1 + SE2; VI ~~ Ach + TSE; PERF ~ TSE; "
    given = {"cov": sales.covariances, "nobs": sales.nobs, "likelihood": "wishart"}
    fits = [kl.fit_sem(text + more, **given) for more in ("Sat ~ PERF+Ach+VI", "Sat ~ Ach+VI")]
    free, without = (fit.glance()["chisq"].item() for fit in fits)
    assert not kl.check_answer(PERFORMANCE, without - free).right


@pytest.mark.parametrize(("question", "digits"), [(SHARE, 2), (PERFORMANCE, 1)])
def test_rounded_answers_will_do(question, digits):
    assert kl.check_answer(question, round(BY_HAND[question](kl.sample_company()), digits)).right


@pytest.mark.parametrize(
    ("question", "hint"), [(PAST, "rival_paths()"), (SHARE, "mediation()"), (PERFORMANCE, "0*PERF")]
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_dots_give_the_hint(question, hint, language):
    kl.use_language(language)
    feedback = kl.check_answer(question, ...)
    assert not feedback.right
    assert hint in str(feedback)


@pytest.mark.parametrize("question", [PAST, SHARE])
def test_a_company_without_a_survey_is_told_so(question, own):
    with pytest.raises(kl.NotApplicable, match="survey"):
        kl.check_answer(question, 1, kl.Company(accounts=own.accounts))
