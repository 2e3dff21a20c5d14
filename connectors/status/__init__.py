"""Certificates' states after issue: changes sent, and signed status lists."""
