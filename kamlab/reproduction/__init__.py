"""Published numbers beside ours: the ledger of what kamlab reproduces, and what nobody can."""
