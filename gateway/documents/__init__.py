"""Trusted documents: opened at the start, and extracted from files."""
