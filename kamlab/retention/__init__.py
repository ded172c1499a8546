"""Staying: regressions of renewal on relationship quality."""
