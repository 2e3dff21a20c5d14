"""Receipts of answers over HTTP: the keys, who prefers one, and where they are made."""
