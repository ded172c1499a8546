"""Reports: results as pages for people who will not open a notebook."""
