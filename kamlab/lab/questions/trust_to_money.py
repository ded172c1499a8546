"""The questions of notebook 10."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.quality.score_error import score_error
from kamlab.retention.renewal.fit import fit_retention
from kamlab.value.chain import value_of_quality
from kamlab.value.quality_value import QualityValue
from kamlab.value.regression.fit import fit_value

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"
LOWER_RATE = 0.05
DISCOUNT_RATE = 0.10
DRAWS = 100
"""As few as possible: the questions ask for estimates, not for intervals."""


def most_from_commitment(company: Company) -> str:
    """Return the account that gains most from one more point of commitment."""
    return str(_corrected(company, "commitment", DISCOUNT_RATE).augment()["account_id"].iloc[0])


def value_at_lower_rate(company: Company) -> float:
    """Return what one more point of trust is worth at half the discount rate, in millions."""
    gains = _corrected(company, "trust", LOWER_RATE).augment()["gain"]
    return float(gains.sum() / 1e6)


def _corrected(company: Company, name: str, discount_rate: float) -> QualityValue:
    error = score_error(company)
    stay = fit_retention(STAY, company, error=error)
    worth = fit_value(WORTH, company, error=error, discount_rate=discount_rate)
    return value_of_quality(stay, worth, raise_by={name: 1}, n_boot=DRAWS)


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "10-most-from-commitment": most_from_commitment,
    "10-value-at-lower-rate": value_at_lower_rate,
}
