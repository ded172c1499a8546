"""The questions of the notebooks: each module holds those of one, answered afresh when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.lab.questions import (
    account_table,
    classifying,
    classifying_further,
    commitment_trust,
    company_report,
    hypothesis_lab,
    lifetime_value,
    ltv_regressions,
    mediation_and_rivals,
    relationship_quality,
    reproduction_ledger,
    retention,
    start_here,
    trust_to_money,
    your_own_data,
)

Answer = str | float

QUESTIONS: Mapping[str, Callable[[Company], Answer]] = {
    **start_here.QUESTIONS,
    **account_table.QUESTIONS,
    **classifying.QUESTIONS,
    **classifying_further.QUESTIONS,
    **relationship_quality.QUESTIONS,
    **commitment_trust.QUESTIONS,
    **mediation_and_rivals.QUESTIONS,
    **retention.QUESTIONS,
    **lifetime_value.QUESTIONS,
    **ltv_regressions.QUESTIONS,
    **trust_to_money.QUESTIONS,
    **hypothesis_lab.QUESTIONS,
    **reproduction_ledger.QUESTIONS,
    **your_own_data.QUESTIONS,
    **company_report.QUESTIONS,
}
"""From a question's id, as it stands in the notebook, to the function that answers it."""
