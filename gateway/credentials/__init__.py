"""Credentials: how they are issued and signed, and the lists of their statuses."""
