"""Relationship quality: scores, their reliability and validity, and what accounts may claim."""
