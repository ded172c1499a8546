"""What a model file may say, and how it is read: every mistake with its line."""
