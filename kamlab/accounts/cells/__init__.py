"""Cells as people type them become typed values, and every change has a name."""
