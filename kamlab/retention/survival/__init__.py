"""Time until an account leaves: survival curves and Cox regression."""
