"""Receipts over real sockets, and gateways that sign them."""
