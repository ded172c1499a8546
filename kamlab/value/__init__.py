"""What an account is worth: formulas, regressions, and the value of relationship quality."""
