"""Estimation over arrays: what a model implies, how far that is from the data, and the minimum."""
