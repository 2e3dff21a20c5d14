"""Changes of state, and two gateways that both know them."""
