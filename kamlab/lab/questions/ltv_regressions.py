"""The questions of notebook 09."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.value.regression.fit import fit_value

WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"


def lost_in_logs(company: Company) -> float:
    """Return the share of value, in per cent, that the exponential alone loses."""
    rows = fit_value("log(ltv) ~ size", company).augment()
    return float(100 * (1 - rows["fitted"].sum() / rows["ltv"].sum()))


def clusters_of_size(company: Company) -> float:
    """Return how many times as large as the classical the clustered error of size is."""
    clustered, classical = (
        fit_value(WORTH, company, cov=cov).tidy().set_index("term")["std_error"]["size"]
        for cov in ("cluster", "classical")
    )
    return float(clustered / classical)


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "09-lost-in-logs": lost_in_logs,
    "09-clusters-of-size": clusters_of_size,
}
