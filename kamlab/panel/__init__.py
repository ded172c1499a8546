"""The analysis table: account by period, with what was known before each decision."""
