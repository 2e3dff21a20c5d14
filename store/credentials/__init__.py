"""Credentials that were issued, and what revokes them."""
