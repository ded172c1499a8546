"""Customers without a contract: how often they buy, who is still one, what they will bring."""
