"""How events leave the gateway: one reader of the store, two transports."""
