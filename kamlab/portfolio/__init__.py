"""Classification models: one scoring engine, each model a file in `models/`."""
