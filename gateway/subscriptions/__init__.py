"""Deliver events: one reader of the store, two transports."""
