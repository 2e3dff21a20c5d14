"""Traces over real sockets, and a collector that takes them."""
