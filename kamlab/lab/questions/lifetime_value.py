"""The questions of notebook 08."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.accounts.orders.summarise import summarise_transactions
from kamlab.foundation.language import say
from kamlab.value.purchases.fit import fit_purchases
from kamlab.value.retention_gain import retention_gain

DISCOUNT = 0.08
WEEKS = 52
ANY_RATE = 0.5
"""A rate to ask about: where the claim is true does not depend on it."""


def where_it_is_true(_: Company) -> float:
    """Return where 5 % more of the retention rate is 25 % more value, first margin now.

    It is arithmetic: the company does not matter.
    """
    gain = retention_gain(ANY_RATE, DISCOUNT, relative=True, first_margin="now")
    return float(gain.locus()["retention_rate"].item())


def purchases_of_next_year(company: Company) -> float:
    """Return how many purchases the MBG/NBD expects of the order customers in 52 weeks."""
    orders = company.need("transactions", purpose=say("accounts.transactions_purpose"))
    fit = fit_purchases(summarise_transactions(orders), "mbgnbd")
    return float(fit.augment(WEEKS)["expected_purchases"].sum())


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "08-where-it-is-true": where_it_is_true,
    "08-next-year": purchases_of_next_year,
}
