"""What people touch: explorers and self-checks. The only room that knows ipywidgets."""
