"""The annex and the agencies in the graph."""
