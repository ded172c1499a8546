"""What git runs before a commit, and how it gets there."""
