"""The scopes a field needs, and the check of a whole document against a caller's."""
