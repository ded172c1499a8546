"""A company made by known rules, so that every estimator can be held against the truth."""
