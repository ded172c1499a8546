import numpy as np
import pytest

from kamlab.foundation.claims import Status
from kamlab.theory.kmv import (
    ANTECEDENTS,
    CITATION,
    HYPOTHESES,
    MEDIATORS,
    NAMES,
    OUTCOMES,
    SIGNS,
    verdict,
)

# The thirteen paths with their signs, as the theory has them.
PATHS = {
    ("termination_costs", "commitment"): "+",
    ("relationship_benefits", "commitment"): "+",
    ("shared_values", "commitment"): "+",
    ("shared_values", "trust"): "+",
    ("communication", "trust"): "+",
    ("opportunism", "trust"): "-",
    ("commitment", "acquiescence"): "+",
    ("commitment", "propensity_to_leave"): "-",
    ("commitment", "cooperation"): "+",
    ("trust", "commitment"): "+",
    ("trust", "cooperation"): "+",
    ("trust", "functional_conflict"): "+",
    ("trust", "uncertainty"): "-",
}


def test_the_paths_and_signs_are_the_theorys():
    assert {(h.cause, h.outcome): h.sign for h in HYPOTHESES} == PATHS
    assert len(HYPOTHESES) == 13


def test_the_twelve_constructs_are_five_antecedents_two_mediators_and_five_outcomes():
    assert (len(ANTECEDENTS), len(OUTCOMES)) == (5, 5)
    assert set(MEDIATORS) == {"trust", "commitment"}
    assert sorted(NAMES) == sorted({*ANTECEDENTS, *MEDIATORS, *OUTCOMES})


def test_causes_come_before_outcomes():
    assert all(NAMES.index(cause) < NAMES.index(outcome) for cause, outcome in PATHS)


def test_shared_values_alone_drives_both_mediators():
    causes = {m: {c for c, o in PATHS if o == m} for m in ("trust", "commitment")}
    assert {h.cause for h in HYPOTHESES if h.outcome == "trust"} == causes["trust"]
    assert causes["trust"] & causes["commitment"] == {"shared_values"}


def test_satisfaction_is_no_part_of_the_theory():
    assert "satisfaction" not in {part for h in HYPOTHESES for part in (h.cause, h.outcome)}


def test_the_sources_say_how_well_they_are_known(language):
    assert CITATION.status is Status.PUBLISHED
    assert SIGNS.status is Status.SECONDARY
    assert "Hunt" in CITATION.value
    assert "1994" in CITATION.value


@pytest.mark.parametrize(
    ("sign", "low", "high", "expected"),
    [
        ("+", 0.1, 0.3, "supported"),
        ("+", -0.1, 0.3, "undecided"),
        ("+", -0.3, -0.1, "refuted"),
        ("-", -0.3, -0.1, "supported"),
        ("-", -0.3, 0.1, "undecided"),
        ("-", 0.1, 0.3, "refuted"),
        ("+", 0.0, 0.3, "undecided"),
        ("+", -0.3, 0.0, "undecided"),
        ("-", -0.3, 0.0, "undecided"),
        ("-", 0.0, 0.3, "undecided"),
        ("+", 0.0, 0.0, "undecided"),
    ],
)
def test_the_verdict_compares_the_whole_interval_with_the_sign(sign, low, high, expected):
    assert verdict(sign, low, high) == expected


@pytest.mark.parametrize("sign", ["+", "-"])
def test_turning_interval_and_sign_round_leaves_the_verdict(sign):
    other = {"+": "-", "-": "+"}[sign]
    rng = np.random.default_rng(0)
    for low, high in np.sort(rng.normal(size=(50, 2)), axis=1):
        assert verdict(sign, low, high) == verdict(other, -high, -low)
