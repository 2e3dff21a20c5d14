"""Credentials: a certificate in the forms that wallets and verifiers elsewhere read."""
