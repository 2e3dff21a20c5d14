"""Fragments of answers, kept as the bytes they were written in."""
