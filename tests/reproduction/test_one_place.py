"""What the code and other tests call published is what the ledger says."""

import numpy as np
import pytest

import kamlab as kl
from kamlab.foundation.claims import Status
from kamlab.selection.concentration import KEY_SHARE_THEN_AND_NOW
from kamlab.selection.workload import PRACTICE
from kamlab.value import elasticities, gain_result
from tests.retention.curve import test_fit_retention_curve as curves
from tests.value import test_lifetime_value as lifetime
from tests.value import test_retention_gain as gains
from tests.value.purchases import test_fit_purchases as purchases
from tests.value.purchases import test_fit_spend as spend


@pytest.fixture(scope="module")
def table():
    return kl.ledger()


def published(table, words, **where):
    rows = table[table["quantity"].str.contains(words, regex=False)]
    for column, value in where.items():
        rows = rows[rows[column].str.startswith(value)]
    return rows["published"].tolist()


def status(table, words):
    return set(table.loc[table["quantity"].str.contains(words, regex=False), "status"])


def test_reichheld_and_sassers_bars(table):
    words = "Rise of profit in % from five points fewer defections"
    expected = [100 * claim.use() for claim in gain_result.PUBLISHED.values()]
    assert published(table, words, work="Reichheld & Sasser 1990") == pytest.approx(expected)


def test_gupta_lehmann_and_stuarts_effects(table):
    effects = [elasticities.PUBLISHED[name].use() for name in ("retention_rate", "margin")]
    effects.append(elasticities.PUBLISHED["acquisition_cost"].use())
    words = "Change of firm value in % for 1 % better"
    ranges = [bound for claim in elasticities.RANGES.values() for bound in claim.use()]
    assert published(table, words) == [*effects, *ranges]
    ratio = published(table, "Effect of retention over that of the discount rate")
    assert ratio == [elasticities.RETENTION_TO_DISCOUNT.use()]
    assert status(table, words) == {Status.PUBLISHED}


def test_the_encyclopedias_share_of_key_accounts(table):
    words = "Key accounts' share of sales"
    expected = [100 * share for share in KEY_SHARE_THEN_AND_NOW.use()]
    assert published(table, words) == pytest.approx(expected)
    assert status(table, words) == {KEY_SHARE_THEN_AND_NOW.status}


def test_the_rules_of_practice(table):
    firm = published(table, "Key accounts of a firm")
    assert firm == [*PRACTICE["practice_firm_a"].use(), *PRACTICE["practice_firm_b"].use()]
    lowest, highest = PRACTICE["practice_manager"].use()
    assert published(table, "Key accounts of a manager") == [lowest, highest + 1]  # "fewer than"


@pytest.mark.parametrize(("model", "name"), [("bgnbd", "BG/NBD"), ("paretonbd", "Pareto/NBD")])
def test_models_of_purchases(table, model, name):
    loglik, terms, _ = purchases.PUBLISHED[model]
    assert published(table, f"CDNOW, {name}: log-likelihood") == [loglik]
    for term, value in terms.items():
        rows = table.query(
            "quantity == @quantity", local_dict={"quantity": f"CDNOW, {name}: {term}"}
        )
        assert rows["published"].tolist() == [value]


def test_the_model_of_spend(table):
    for term, value in spend.PUBLISHED.items():
        assert published(table, f"CDNOW, Gamma-Gamma: {term}") == [value]


def test_tables_of_lifetime_value(table):
    by_quantity = table.set_index("quantity")["published"]
    for rate, row in lifetime.MULTIPLES:
        for discount, value in zip((0.10, 0.12, 0.14, 0.16), row, strict=True):
            words = f"Multiple of the margin: retention {rate:.0%}, discount rate {discount:.0%}"
            assert by_quantity[words] == value
    for discount, row in gains.TABLE.items():
        for rate, value in zip(gains.RATES, row, strict=True):
            words = "Gain in % from 5 more points, first margin at once: discount rate"
            assert by_quantity[f"{words} {discount:.0%}, retention {rate:.0%}"] == value


def test_parameters_of_fader_and_hardie(table):
    names = {"high_end": "High-end", "regular": "Regular"}
    by_quantity = table.set_index("quantity")["published"]
    for cohort, alpha, beta, loglik in curves.PRINTED:
        words = f"{names[cohort]} customers, seven renewals, sBG"
        assert by_quantity[f"{words}: alpha"] == alpha
        assert by_quantity[f"{words}: beta"] == beta
        seen_in_print = cohort == "high_end"
        own = by_quantity[f"{words}: log-likelihood"]
        assert own == loglik if seen_in_print else np.isnan(own)
