"""Files as they stand: sheets, their layout, and where their headings are."""
