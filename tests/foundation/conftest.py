import pytest

import kamlab as kl

MODEL = "trust =~ trust_1 + trust_2 + trust_3; trust_4 ~ a*trust + commitment_1; twice := 2*a"


@pytest.fixture(scope="session")
def results(company, stay, worth, gain, _table):
    """One result of every kind."""
    survey = company.survey.dropna()
    model = kl.fit_sem(MODEL, survey)
    return {
        "board": kl.classify(company.accounts),
        "quality": kl.measure_quality(company.survey),
        "theory": kl.assess_theory(company.survey),
        "stay": stay,
        "worth": worth,
        "gain": gain,
        "both": kl.compare({"all": stay, "trust": kl.fit_retention("stayed ~ trust", _table)}),
        "model": model,
        "nested": kl.compare_nested(
            {"free": model, "equal": kl.fit_sem(f"{MODEL}; a == 1", survey)}
        ),
    }
