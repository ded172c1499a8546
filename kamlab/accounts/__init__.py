"""Company data come in: declared once, read, checked, and made for practice."""
