"""The graph: one file a noun."""
