"""Attackers, and the gateways they attack."""
