"""Judge addresses of registered agencies, and connect to them."""
