"""Portfolios beside each other: do models agree, who moved, does practice fit."""
