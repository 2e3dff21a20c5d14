"""The database at the command line."""
