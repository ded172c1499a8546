"""What power says, in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kamlab.foundation.language import Text, paragraph, say
from kamlab.hypotheses.power_curve import FARTHEST

if TYPE_CHECKING:
    from kamlab.hypotheses.power_result import Power


def of_truth(power: Power) -> Text:
    """Say what is claimed and what is true in the simulated companies."""
    hypothesis = power.study.hypothesis
    return say(
        "hypotheses.power_report",
        statement=hypothesis.statement,
        claim=hypothesis.claim,
        effect=f"{power.true_effect:.3g}",
        error=f"{power.true_effect_error:.2g}",
    )


def of_size(row: Mapping[str, float]) -> Text:
    """Say what companies of one size would show; the row is one of `Power.tidy()`."""
    texts = [
        say(
            "hypotheses.power_size",
            n=f"{row['n_accounts']:,.0f}",
            power=f"{row['power']:.0%}",
            low=f"{row['power_low']:.0%}",
            high=f"{row['power_high']:.0%}",
        )
    ]
    if math.isfinite(row["exaggeration"]):
        texts.append(say("hypotheses.power_exaggerates", times=f"{row['exaggeration']:.1f}"))
    if row["wrong_share"] > 0:
        texts.append(say("hypotheses.power_errs", share=f"{row['wrong_share']:.0%}"))
    return paragraph(texts)


def needed_words(power: Power) -> Text:
    """Say how many accounts reach the target."""
    sizes, needed = power.study.sizes, power.n_needed
    target = f"{power.target:.0%}"
    if math.isinf(needed):
        most = f"{FARTHEST * sizes[-1]:,}"
        return say("hypotheses.power_out_of_sight", most=most, target=target)
    if needed <= sizes[0]:
        return say("hypotheses.power_at_once", least=f"{sizes[0]:,}", target=target)
    where = "beyond" if needed > sizes[-1] else "within"
    high = "∞" if math.isinf(power.n_needed_high) else f"{power.n_needed_high:,.0f}"
    return say(
        f"hypotheses.power_needed_{where}",
        needed=f"{needed:,.0f}",
        low=f"{power.n_needed_low:,.0f}",
        high=high,
        target=target,
    )
