"""What goes out: companies as files, templates, the data dictionary."""
