"""Bounds of histograms, alike for everything that takes time, so as to be compared."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
