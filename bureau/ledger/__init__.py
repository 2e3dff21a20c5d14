"""The ledger: decisions on claims, what is claimed back, and totals."""
