"""What makes the messy exports in ``data/examples``: simulated, and spoilt as real ones are."""
