"""Verifying many claims."""
