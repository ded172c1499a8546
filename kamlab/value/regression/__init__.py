"""Regressions of lifetime value on relationship quality."""
