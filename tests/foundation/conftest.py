import pytest

import kamlab as kl

MODEL = "trust =~ trust_1 + trust_2 + trust_3; trust_4 ~ a*trust + commitment_1; twice := 2*a"
TRUST_KEEPS = kl.Hypothesis(
    name="trust_keeps",
    statement="Customers who trust us stay.",
    model="stayed ~ trust",
    term="trust",
    above=0,
)


@pytest.fixture(scope="session")
def one_of_every_kind():
    """Make one result of every kind from a company, its analysis table and the fits on it."""
    return _one_of_every_kind


@pytest.fixture(scope="session")
def results(company, stay, worth, gain, _table):
    return _one_of_every_kind(company, stay, worth, gain, _table)


def _one_of_every_kind(company, stay, worth, gain, _table):
    survey = company.survey.dropna()
    model = kl.fit_sem(MODEL, survey)
    error = kl.score_error(company)
    formula = "stayed ~ trust + commitment"
    buyers = kl.load("cdnow")
    spend = kl.fit_spend(kl.load("cdnow_spend"), averaged="repeat")
    return {
        "score_error": error,
        "probit": kl.fit_retention(formula, _table, model="probit"),
        "hazard": kl.fit_retention(formula, _table, model="cloglog"),
        "firth": kl.fit_retention(formula, _table, model="firth"),
        "random_intercept": kl.fit_retention(formula, _table, model="random_intercept"),
        "cox": kl.fit_retention(formula, _table, model="cox"),
        "corrected": kl.fit_retention(formula, _table, error=error),
        "survival": kl.survival_curves(company, by="trust"),
        "validation": kl.validate_retention(formula, _table),
        "forecasts": kl.compare_forecasts({"quality": formula, "size": "stayed ~ size"}, _table),
        "curve": kl.fit_retention_curve([1000, 869, 743, 653, 593, 551, 517, 491]),
        "curve_by_trust": kl.fit_retention_curve(company, covariates=["trust"]),
        "elasticities": kl.value_elasticities(100, 0.9, 0.12),
        "gain_of_retention": kl.retention_gain([0.5, 0.8], [0.0, 0.1]),
        "purchases": kl.fit_purchases(buyers),
        "spend": spend,
        "residual_value": kl.residual_value(
            kl.fit_purchases(kl.load("cdnow_spend"), "paretonbd"), spend, discount_rate=0.1
        ),
        "gamma": kl.fit_value("ltv ~ trust + size", _table, model="gamma"),
        "median": kl.fit_value("log(ltv) ~ trust + size", _table, model="quantile"),
        "own_retention": kl.fit_value("log(ltv) ~ trust + size", _table, retention_rate=stay),
        "simex": kl.simex(stay, error),
        "causality": kl.probe_causality(worth, "trust"),
        "board": kl.classify(company.accounts),
        "quality": kl.measure_quality(company.survey),
        "theory": kl.assess_theory(company.survey),
        "stay": stay,
        "worth": worth,
        "gain": gain,
        "both": kl.compare({"all": stay, "trust": kl.fit_retention("stayed ~ trust", _table)}),
        "power": kl.power(TRUST_KEEPS, n=(40, 80), n_sim=20),
        "hypotheses": kl.assess_hypotheses(TRUST_KEEPS, company),
        "intake": kl.check_company(kl.example_file("messy_export_ja.xlsx")),
        "model": model,
        "nested": kl.compare_nested(
            {"free": model, "equal": kl.fit_sem(f"{MODEL}; a == 1", survey)}
        ),
    }
