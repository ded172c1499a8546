"""Declarations: hypotheses in a file, sealed with date and hash before the data are seen."""
