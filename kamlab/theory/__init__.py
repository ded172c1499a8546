"""Commitment-trust theory: its structure as model text, and the test of its hypotheses."""

from kamlab.theory.kmv import HYPOTHESES, Hypothesis
from kamlab.theory.models import (
    ALTERNATIVES,
    KMV,
    KMV_PATHS,
    MODELS,
    RIVAL,
    RIVAL_PATHS,
    TheoryModel,
)
from kamlab.theory.template import write_matrix_template
from kamlab.theory.typed_matrix import TypedMatrix, read_matrix

__all__ = [
    "ALTERNATIVES",
    "HYPOTHESES",
    "KMV",
    "KMV_PATHS",
    "MODELS",
    "RIVAL",
    "RIVAL_PATHS",
    "Hypothesis",
    "TheoryModel",
    "TypedMatrix",
    "read_matrix",
    "write_matrix_template",
]
