import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.language import use_language

pytest_plugins = ["pytester"]

mpl.use("agg")

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"


@pytest.fixture(autouse=True)
def english_at_first():
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(autouse=True)
def no_open_figures():
    yield
    plt.close("all")


@pytest.fixture(params=["en", "ja"])
def language(request):
    use_language(request.param)
    return request.param


@pytest.fixture(scope="session")
def company():
    return kl.sample_company()


@pytest.fixture(scope="session")
def small_company():
    return kl.simulate_company(n_accounts=40, seed=5)


@pytest.fixture(scope="session")
def _table(company):
    return kl.analysis_table(company)


@pytest.fixture
def table(_table):
    return _table.copy(deep=True)


@pytest.fixture(scope="session")
def stay(_table):
    return kl.fit_retention(STAY, _table.copy(deep=True))


@pytest.fixture(scope="session")
def worth(_table):
    return kl.fit_value(WORTH, _table.copy(deep=True), currency="JPY")


@pytest.fixture(scope="session")
def gain(stay, worth):
    return kl.value_of_quality(stay, worth, raise_by={"trust": 1})


@pytest.fixture
def tiny():
    """Two accounts, one period each from 1 April 2025; the survey and events are the caller's."""

    def make(answers=(), events=(), **more):
        accounts = pd.DataFrame({"account_id": ["A", "B"], "employees": [10, 1000]})
        accounts["customer_since"] = pd.to_datetime(["2015-04-01", "2020-04-01"])
        periods = pd.DataFrame(
            {
                "account_id": ["B", "A"],
                "period": [2025, 2025],
                "start": pd.Timestamp("2025-04-01"),
                "end": pd.Timestamp("2026-03-31"),
                "stayed": pd.array([True, False], dtype="boolean"),
                "margin": [500.0, 300.0],
                "cost_to_serve": [100.0, 50.0],
            }
        )
        tables = {"accounts": accounts, "periods": periods}
        if answers:
            items = [f"trust_{number}" for number in range(1, 5)]
            tables["survey"] = pd.DataFrame(
                [
                    (account, who, wave, pd.Timestamp(day), *len(items) * [float(score)])
                    for account, who, wave, day, score in answers
                ],
                columns=["account_id", "respondent_id", "wave", "answered_on", *items],
            )
        if events:
            tables["interactions"] = pd.DataFrame(
                [
                    (f"I-{number}", account, pd.Timestamp(day), kind)
                    for number, (account, day, kind) in enumerate(events)
                ],
                columns=["interaction_id", "account_id", "occurred_on", "kind"],
            )
        return kl.Company(**(tables | more))

    return make
