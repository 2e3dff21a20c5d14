"""Records that are sent, and gateways that take them."""
