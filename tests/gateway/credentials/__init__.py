"""Credentials and the lists of their statuses."""
