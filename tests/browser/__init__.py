"""The page in a browser, and gateways to open it on."""
