"""How well a regression of staying foretells periods that it has not seen."""
