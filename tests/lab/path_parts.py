"""A population of commitment-trust theory with numbers that anybody can redo."""

import numpy as np
import pandas as pd

EXOGENOUS = (
    "termination_costs", "relationship_benefits", "shared_values", "communication", "opportunism",
)  # fmt: skip

CAUSES = {
    "trust": {"shared_values": 0.3, "communication": 0.3, "opportunism": -0.3},
    "commitment": {
        "termination_costs": 0.3,
        "relationship_benefits": 0.3,
        "shared_values": 0.3,
        "trust": 0.3,
    },
    "acquiescence": {"commitment": 0.3},
    "propensity_to_leave": {"commitment": -0.3},
    "cooperation": {"commitment": 0.3, "trust": 0.3},
    "functional_conflict": {"trust": 0.3},
    "uncertainty": {"trust": -0.3},
}

NOBS = 300

OUTCOMES = [*CAUSES][2:]

MODEL = "\n".join(
    [
        *(f"{outcome} ~ {' + '.join(own)}" for outcome, own in CAUSES.items()),
        *(
            f"{one} ~~ 0*{other}"
            for place, one in enumerate(OUTCOMES)
            for other in OUTCOMES[place + 1 :]
        ),
    ]
)


def with_path(cause, effect, value):
    """Return the causes with another value of one path."""
    return CAUSES | {effect: CAUSES[effect] | {cause: value}}


def population(causes=CAUSES):
    """Return the correlations, built one variable after the other."""
    names = [*EXOGENOUS, *causes]
    table = pd.DataFrame(np.eye(len(names)), names, names)
    for one in EXOGENOUS:
        for other in EXOGENOUS:
            if one != other:
                table.loc[one, other] = -0.2 if "opportunism" in (one, other) else 0.2
    for place, effect in enumerate(names):
        for earlier in names[:place]:
            if effect in causes:
                share = sum(b * table.loc[cause, earlier] for cause, b in causes[effect].items())
                table.loc[effect, earlier] = table.loc[earlier, effect] = share
    return table


def explained(causes, effect, table):
    """Return the share of variance that a variable's causes explain."""
    own = causes[effect]
    return sum(a * b * table.loc[i, j] for i, a in own.items() for j, b in own.items())


def total_effect(causes, cause, effect):
    """Return the sum over all ways from a cause to an effect."""
    if cause == effect:
        return 1.0
    return sum(b * total_effect(causes, cause, via) for via, b in causes.get(effect, {}).items())
