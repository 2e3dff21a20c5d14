"""Agencies: one module a protocol, one manifest an agency."""
