"""What regenerates generated files, and the set-up behind ``make.py``."""
