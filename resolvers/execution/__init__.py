"""The two ways a document runs: execute and subscribe."""
