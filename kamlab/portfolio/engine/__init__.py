"""From what is known of accounts to scores, levels, cells and how sure they are."""
