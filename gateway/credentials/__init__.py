"""Credentials: where they are signed, and the status lists that say what became of them."""
