"""Whose column is whose: proposed, confirmed by the user, kept in a file for the next export."""
