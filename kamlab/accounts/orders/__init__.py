"""Orders of customers without a contract, summarised by account: any engine, any size."""
