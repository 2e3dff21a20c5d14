"""Authenticate callers: every way a request may name one, and what they may do."""
