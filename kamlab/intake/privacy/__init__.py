"""What must not be seen: pseudonyms and small cells."""
