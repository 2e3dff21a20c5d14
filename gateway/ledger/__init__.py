"""The ledger beside the answers: what is read of certificates opens recoveries."""
