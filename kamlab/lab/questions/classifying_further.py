"""The questions of notebook 03."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.portfolio.classify import classify
from kamlab.portfolio.comparison.compare import compare_portfolios
from kamlab.portfolio.comparison.design_match import match_design


def under_designed_partnerships(company: Company) -> float:
    """Return how many accounts should be partnerships and are run with less."""
    context, practice = (classify(company, f"bensaou_{side}") for side in ("context", "management"))
    table = match_design(context, practice).augment()
    partnership = table["cell_recommended"] == "strategic_partnership"
    return float((partnership & (table["design_verdict"] == "under_design")).sum())


def disputed_with_kraljic(company: Company) -> float:
    """Return on how many accounts two models ask for little effort and for much."""
    both = compare_portfolios(company, ["kraljic", "millman_wilson"])
    return float(both.glance()["n_disputed"].item())


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "03-under-designed-partnerships": under_designed_partnerships,
    "03-disputed-with-kraljic": disputed_with_kraljic,
}
