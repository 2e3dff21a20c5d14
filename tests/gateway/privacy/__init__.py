"""What is logged and masked, and gateways that do so."""
