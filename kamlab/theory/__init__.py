"""Commitment-trust theory: its structure and the test of its hypotheses."""

from kamlab.theory.kmv import HYPOTHESES, KMV, Hypothesis

__all__ = ["HYPOTHESES", "KMV", "Hypothesis"]
