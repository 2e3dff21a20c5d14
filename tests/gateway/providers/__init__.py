"""Who keeps the keys of receipts: files, tokens, servers for signatures."""
