"""Which accounts should be key accounts, and whether we can look after them."""
