"""Bytes and keys: what was signed, by whom, and whether that holds."""
