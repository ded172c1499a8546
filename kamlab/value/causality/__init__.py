"""What speaks for and against quality as the cause of value and of staying."""
