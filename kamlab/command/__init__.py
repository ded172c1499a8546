"""The commands of `python -m kamlab`."""
