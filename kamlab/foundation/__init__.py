"""What every room stands on: words, errors, claims, results, output columns and style."""
