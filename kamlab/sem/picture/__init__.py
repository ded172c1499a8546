"""Path diagrams."""
