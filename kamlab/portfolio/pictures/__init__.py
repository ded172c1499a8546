"""Pictures of portfolios: pure functions from arrays to matplotlib Axes."""
