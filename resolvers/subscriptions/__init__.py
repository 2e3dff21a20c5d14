"""Subscriptions, and their events as they happen."""
