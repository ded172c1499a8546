"""What follows from an estimate: errors, fit, standardised values, tests, scores."""
