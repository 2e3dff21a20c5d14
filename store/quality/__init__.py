"""Agencies' data quality, added up by day."""
