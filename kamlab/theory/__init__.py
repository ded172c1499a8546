"""Commitment-trust theory: its structure as model text, and the test of its hypotheses."""

from kamlab.theory.kmv import HYPOTHESES, Hypothesis
from kamlab.theory.models import (
    ALTERNATIVES,
    CROSBY,
    CROSBY_PAIR,
    CROSBY_PAIR_PATHS,
    CROSBY_PATHS,
    KMV,
    KMV_PATHS,
    KMV_SATISFACTION,
    KMV_SATISFACTION_PATHS,
    MODELS,
    RIVAL,
    RIVAL_PATHS,
    SECOND_ORDER,
    SECOND_ORDER_PATHS,
    THREE_MEDIATORS,
    THREE_MEDIATORS_PATHS,
    TheoryModel,
)
from kamlab.theory.template import write_matrix_template
from kamlab.theory.typed_matrix import TypedMatrix, read_matrix

__all__ = [
    "ALTERNATIVES",
    "CROSBY",
    "CROSBY_PAIR",
    "CROSBY_PAIR_PATHS",
    "CROSBY_PATHS",
    "HYPOTHESES",
    "KMV",
    "KMV_PATHS",
    "KMV_SATISFACTION",
    "KMV_SATISFACTION_PATHS",
    "MODELS",
    "RIVAL",
    "RIVAL_PATHS",
    "SECOND_ORDER",
    "SECOND_ORDER_PATHS",
    "THREE_MEDIATORS",
    "THREE_MEDIATORS_PATHS",
    "Hypothesis",
    "TheoryModel",
    "TypedMatrix",
    "read_matrix",
    "write_matrix_template",
]
