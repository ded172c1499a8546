"""Relationship quality: scale scores and their reliability."""
