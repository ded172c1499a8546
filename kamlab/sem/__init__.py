"""Structural equation models: from lavaan's syntax to estimates, tests and pictures."""
