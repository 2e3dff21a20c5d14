"""Holders and their certificates, with provenance and eligibility."""
