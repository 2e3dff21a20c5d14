"""Agencies' connectors at the command line, and what an operator decides of them."""
