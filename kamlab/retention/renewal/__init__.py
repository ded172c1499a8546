"""Regressions of renewal on what was known before."""
