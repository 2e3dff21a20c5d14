"""The database, a folder a feature: what is remembered beyond one process."""
