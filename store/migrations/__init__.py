"""The steps that made the database what it is, one a file."""
