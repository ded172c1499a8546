"""The questions of notebook 04."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, inf

from kamlab.accounts.company import Company
from kamlab.foundation.language import say
from kamlab.quality.measure import measure_quality
from kamlab.quality.quality import Quality
from kamlab.quality.scores import RELATIONSHIP_QUALITY

WANTED_RELIABILITY = 0.9


def weakest_item(company: Company) -> str:
    """Return the question that lets least of its construct through, by standardised loading."""
    items = _measured(company, *RELATIONSHIP_QUALITY).items()
    return "".join(items.nsmallest(1, "loading")["item"])


def htmt_with_cooperation(company: Company) -> float:
    """Return HTMT of trust and cooperation."""
    return float(_measured(company, "trust", "cooperation").htmt(draws=0)["htmt"].item())


def people_to_ask(company: Company) -> float:
    """Return how many respondents an account needs for a reliable mean of commitment.

    Spearman and Brown's formula, solved for their number; infinite where ICC(1) is not positive.
    """
    table = _measured(company, "commitment").aggregation()
    share = float(table["icc1"].item())
    if not share > 0:
        return inf
    return ceil(WANTED_RELIABILITY / (1 - WANTED_RELIABILITY) * (1 - share) / share)


def _measured(company: Company, *constructs: str) -> Quality:
    survey = company.need("survey", purpose=say("quality.purpose"))
    return measure_quality(survey, constructs)


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "04-weakest-question": weakest_item,
    "04-htmt-with-cooperation": htmt_with_cooperation,
    "04-people-to-ask": people_to_ask,
}
