"""Payments, recoveries and the sums of both, in the graph."""
