"""Each kind of hypothesis, and how its effect is estimated."""
