"""Curves of retention: how the share of customers that are still there falls, and how far."""
