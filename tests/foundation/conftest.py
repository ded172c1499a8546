import pytest

import kamlab as kl


@pytest.fixture(scope="session")
def results(company, stay, worth, gain, _table):
    """One result of every kind."""
    return {
        "board": kl.classify(company.accounts),
        "quality": kl.measure_quality(company.survey),
        "theory": kl.assess_theory(company.survey),
        "stay": stay,
        "worth": worth,
        "gain": gain,
        "both": kl.compare({"all": stay, "trust": kl.fit_retention("stayed ~ trust", _table)}),
    }
