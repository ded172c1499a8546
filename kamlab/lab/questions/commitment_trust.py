"""The questions of notebook 05."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.language import say
from kamlab.sem.fit import fit_sem
from kamlab.theory.assess import assess_theory
from kamlab.theory.kmv import ANTECEDENTS, NAMES
from kamlab.theory.models import KMV_PATHS

ONE_MORE = "propensity_to_leave ~ trust"


def most_on_leaving(company: Company) -> str:
    """Return the antecedent whose total effect on the propensity to leave is largest in size."""
    effects = assess_theory(_survey(company)).effects()
    own = effects[effects["outcome"] == "propensity_to_leave"].set_index("cause")["total"]
    return str(own[list(ANTECEDENTS)].abs().idxmax())


def trust_on_acquiescence(company: Company) -> float:
    """Return the total effect of trust on acquiescence, between which there is no arrow."""
    effects = assess_theory(_survey(company)).effects().set_index(["cause", "outcome"])["total"]
    return float(effects["trust", "acquiescence"])


def one_arrow_more(company: Company) -> float:
    """Return by how much chi-square falls if trust may act on the propensity to leave directly."""
    theory = assess_theory(_survey(company))
    more = fit_sem(f"{KMV_PATHS}\n{ONE_MORE}", theory.evidence.cases(NAMES))
    return float(theory.glance()["chisq"].item() - more.glance()["chisq"].item())


def _survey(company: Company) -> pd.DataFrame:
    return company.need("survey", purpose=say("theory.purpose"))


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "05-most-on-leaving": most_on_leaving,
    "05-trust-on-acquiescence": trust_on_acquiescence,
    "05-one-arrow-more": one_arrow_more,
}
