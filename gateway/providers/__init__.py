"""Who keeps the gateway's signing keys: files, tokens, servers for signatures."""
