"""A list of claims, compared with the ledger."""
