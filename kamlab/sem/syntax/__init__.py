"""The text of a model: reading it, and the table of its parameters."""
