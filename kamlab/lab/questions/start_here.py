"""The questions of notebook 00."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.retention.renewal.fit import fit_retention
from kamlab.value.chain import value_of_quality
from kamlab.value.regression.fit import fit_value

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"


def least_likely(company: Company) -> str:
    """Return the account least likely to stay."""
    stay = fit_retention(STAY, company)
    return str(stay.augment()["account_id"].iloc[0])


def value_of_commitment(company: Company) -> float:
    """Return what one more point of commitment is worth, in millions."""
    stay, worth = fit_retention(STAY, company), fit_value(WORTH, company)
    gains = value_of_quality(stay, worth, raise_by={"commitment": 1}).augment()["gain"]
    return float(gains.sum() / 1e6)


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "00-least-likely-to-stay": least_likely,
    "00-value-of-commitment": value_of_commitment,
}
