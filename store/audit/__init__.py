"""The audit log, and how many people each caller asked about."""
