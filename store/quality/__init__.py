"""How good agencies' data is, added up by day."""
