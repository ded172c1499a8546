"""One page an account: what a key account manager takes along to the customer."""
