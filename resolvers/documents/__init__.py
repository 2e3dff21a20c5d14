"""Prepare documents before they run: trust, parse, limit and validate them."""
