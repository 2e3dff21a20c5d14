"""Connectors, keys, challenges and sanctions, with every step."""
