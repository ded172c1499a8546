"""Company data come in and go out: any export becomes a company, and nothing is lost on the way."""
